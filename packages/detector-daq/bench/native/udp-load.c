// udp-load send PORT FRAMES_PER_SECOND(0 = as fast as possible) SECONDS [FIRST]: JUNGFRAU packets to 127.0.0.1 by sendmmsg. Prints frames sent.
// udp-load receive PORT SECONDS: what a C receiver takes: recvmmsg, header read, one copy to the place in the frame. Prints packets and CPU seconds.
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
enum { head = 48, data = 8192, packet = head + data, perFrame = 128, ring = 512 };
static double now(void) { struct timespec t; clock_gettime(CLOCK_MONOTONIC, &t); return t.tv_sec + t.tv_nsec * 1e-9; }
static struct sockaddr_in to(int port) { struct sockaddr_in a = {.sin_family = AF_INET, .sin_port = htons(port)}; a.sin_addr.s_addr = htonl(INADDR_LOOPBACK); return a; }
static int sender(int port, double rate, double seconds, uint64_t first) {
  static uint8_t bytes[perFrame][packet]; static struct mmsghdr m[perFrame]; static struct iovec v[perFrame];
  struct sockaddr_in a = to(port); int fd = socket(AF_INET, SOCK_DGRAM, 0), size = 1 << 24; connect(fd, (void *)&a, sizeof a);
  setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof size);
  for (uint32_t i = 0; i < perFrame; i++) {
    for (int k = 0; k < data / 2; k++) ((uint16_t *)(bytes[i] + head))[k] = (uint16_t)((i * 4096 + k) * 2654435761u >> 20);
    memcpy(bytes[i] + 12, &i, 4); bytes[i][46] = 3; bytes[i][47] = 2;
    v[i] = (struct iovec){bytes[i], packet}; m[i].msg_hdr.msg_iov = &v[i]; m[i].msg_hdr.msg_iovlen = 1;
  }
  double begin = now(); uint64_t frame = 0;
  while (now() - begin < seconds) {
    uint64_t id = first + frame; double pulse = (double)id;
    for (int i = 0; i < perFrame; i++) { memcpy(bytes[i], &id, 8); memcpy(bytes[i] + 16, &pulse, 8); }
    for (int done = 0; done < perFrame;) {
      int n = perFrame - done < 32 ? perFrame - done : 32;
      if (rate > 0) { double due = begin + (frame + (double)done / perFrame) / rate; double left = due - now(); if (left > 60e-6) { struct timespec t = {0, (long)((left - 50e-6) * 1e9)}; nanosleep(&t, NULL); } while (now() < due) {} }
      int sent = sendmmsg(fd, m + done, n, 0); if (sent > 0) done += sent;
    }
    frame++;
  }
  printf("%llu\n", (unsigned long long)frame); return 0;
}
static int receiver(int port, double seconds) {
  static uint8_t stage[64][packet + 16]; static struct mmsghdr m[64]; static struct iovec v[64];
  uint8_t *frames = malloc((size_t)ring * perFrame * data); memset(frames, 1, (size_t)ring * perFrame * data);
  struct sockaddr_in a = to(port); int fd = socket(AF_INET, SOCK_DGRAM, 0), size = 1 << 28;
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &size, sizeof size)) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
  bind(fd, (void *)&a, sizeof a);
  for (int i = 0; i < 64; i++) { v[i] = (struct iovec){stage[i], packet + 16}; m[i].msg_hdr.msg_iov = &v[i]; m[i].msg_hdr.msg_iovlen = 1; }
  puts("ready"); fflush(stdout);
  struct pollfd p = {fd, POLLIN, 0}; poll(&p, 1, 20000);
  struct rusage w; getrusage(RUSAGE_SELF, &w);
  double warm = w.ru_utime.tv_sec + w.ru_stime.tv_sec + (w.ru_utime.tv_usec + w.ru_stime.tv_usec) * 1e-6;
  unsigned long long got = 0; double begin = now();
  while (now() - begin < seconds) {
    int n = recvmmsg(fd, m, 64, MSG_DONTWAIT, NULL);
    if (n <= 0) { poll(&p, 1, 20); continue; }
    for (int i = 0; i < n; i++) {
      uint64_t id; uint32_t number; memcpy(&id, stage[i], 8); memcpy(&number, stage[i] + 12, 4);
      if (m[i].msg_len != packet || number >= perFrame) continue;
      memcpy(frames + ((id % ring) * perFrame + number) * data, stage[i] + head, data); got++;
    }
  }
  struct rusage u; getrusage(RUSAGE_SELF, &u);
  printf("%llu %.3f\n", got, u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6 - warm); return 0;
}
int main(int n, char **a) {
  if (n > 4 && !strcmp(a[1], "send")) return sender(atoi(a[2]), atof(a[3]), atof(a[4]), n > 5 ? strtoull(a[5], NULL, 10) : 1);
  if (n > 3 && !strcmp(a[1], "receive")) return receiver(atoi(a[2]), atof(a[3]));
  return 2;
}
