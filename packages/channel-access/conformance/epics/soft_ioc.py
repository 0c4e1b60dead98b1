"""Runs the C soft IOC (RSRV server) of epicscorelibs until its standard input closes: soft_ioc.py PREFIX RECORDS ACCESS [EXTRA]."""

import sys

from epicscorelibs import ioc


def main():
    prefix, records, access = sys.argv[1:4]
    macros = f"P={prefix}"
    ioc.dbCore.asSetFilename(access.encode())
    databases = [(records, macros)] + [(extra, macros) for extra in sys.argv[4:]]
    ioc.start_ioc(dbs=databases)
    print("ready", flush=True)
    sys.stdin.read()


main()
