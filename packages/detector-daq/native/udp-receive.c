// recvmmsg for Node, N-API 8. The prototypes are declared here: they are a stable ABI, and headers are not always installed.
// open(host, port, bufferBytes) -> fd   size(fd) -> receive buffer in bytes   port(fd) -> bound port   close(fd)
// receive(fd, bytes, stride, lengths) -> datagrams, never waits; a datagram longer than `stride` has the length `stride` or more
// wait(fds, count, timeoutMs) -> ready descriptors, waits for the first
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <string.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <unistd.h>

typedef void *env_t, *value_t, *info_t;
typedef value_t (*callback_t)(env_t, info_t);
int napi_get_cb_info(env_t, info_t, size_t *, value_t *, value_t *, void **);
int napi_get_value_int32(env_t, value_t, int32_t *);
int napi_get_value_string_utf8(env_t, value_t, char *, size_t, size_t *);
int napi_get_typedarray_info(env_t, value_t, int *, size_t *, void **, value_t *, size_t *);
int napi_create_int32(env_t, int32_t, value_t *);
int napi_create_function(env_t, const char *, size_t, callback_t, void *, value_t *);
int napi_set_named_property(env_t, value_t, const char *, value_t);
int napi_throw_error(env_t, const char *, const char *);

enum { batch = 64, most_fds = 256 };

static value_t number(env_t env, int32_t n) { value_t v = NULL; napi_create_int32(env, n, &v); return v; }
static int32_t integer(env_t env, value_t v) { int32_t n = 0; napi_get_value_int32(env, v, &n); return n; }
static void *array(env_t env, value_t v, size_t *length) { void *data = NULL; *length = 0; napi_get_typedarray_info(env, v, NULL, length, &data, NULL, NULL); return data; }
static value_t fail(env_t env, int fd) { int error = errno; if (fd >= 0) close(fd); napi_throw_error(env, error == EADDRINUSE ? "EADDRINUSE" : error == EACCES ? "EACCES" : "EIO", strerror(error)); return NULL; }

static value_t open_socket(env_t env, info_t info) {
  value_t a[3]; size_t n = 3; char host[64]; napi_get_cb_info(env, info, &n, a, NULL, NULL);
  napi_get_value_string_utf8(env, a[0], host, sizeof host, NULL);
  struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons((uint16_t)integer(env, a[1]))};
  int bytes = integer(env, a[2]), fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd < 0 || inet_pton(AF_INET, host, &to.sin_addr) != 1) return fail(env, fd);
  if (setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &bytes, sizeof bytes) != 0) setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes);
  return bind(fd, (struct sockaddr *)&to, sizeof to) != 0 ? fail(env, fd) : number(env, fd);
}
static value_t first_fd(env_t env, info_t info, int *fd) { value_t a[1]; size_t n = 1; napi_get_cb_info(env, info, &n, a, NULL, NULL); *fd = integer(env, a[0]); return NULL; }
static value_t close_socket(env_t env, info_t info) { int fd; first_fd(env, info, &fd); return number(env, close(fd)); }
static value_t size(env_t env, info_t info) { int fd, bytes = 0; socklen_t l = sizeof bytes; first_fd(env, info, &fd); getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &bytes, &l); return number(env, bytes); }
static value_t port(env_t env, info_t info) { int fd; struct sockaddr_in to = {0}; socklen_t l = sizeof to; first_fd(env, info, &fd); getsockname(fd, (struct sockaddr *)&to, &l); return number(env, ntohs(to.sin_port)); }

static value_t receive(env_t env, info_t info) {
  value_t a[4]; size_t n = 4, room, places; napi_get_cb_info(env, info, &n, a, NULL, NULL);
  uint8_t *bytes = array(env, a[1], &room); int stride = integer(env, a[2]); int32_t *lengths = array(env, a[3], &places);
  struct mmsghdr messages[batch]; struct iovec parts[batch]; int most = batch;
  if (bytes == NULL || lengths == NULL || stride <= 0) return number(env, -1);
  if (room / (size_t)stride < (size_t)most) most = (int)(room / (size_t)stride);
  if (places < (size_t)most) most = (int)places;
  memset(messages, 0, sizeof messages);
  for (int i = 0; i < most; i++) { parts[i] = (struct iovec){bytes + (size_t)i * (size_t)stride, (size_t)stride}; messages[i].msg_hdr.msg_iov = &parts[i]; messages[i].msg_hdr.msg_iovlen = 1; }
  int count = recvmmsg(integer(env, a[0]), messages, (unsigned)most, MSG_DONTWAIT, NULL);
  for (int i = 0; i < count; i++) lengths[i] = (int32_t)messages[i].msg_len;
  return number(env, count < 0 ? 0 : count);
}
static value_t wait_ready(env_t env, info_t info) {
  value_t a[3]; size_t n = 3, fds; napi_get_cb_info(env, info, &n, a, NULL, NULL);
  int32_t *list = array(env, a[0], &fds); int count = integer(env, a[1]); struct pollfd polled[most_fds];
  if (list == NULL || count < 0 || (size_t)count > fds || count > most_fds) return number(env, -1);
  for (int i = 0; i < count; i++) polled[i] = (struct pollfd){.fd = list[i], .events = POLLIN};
  int ready = poll(polled, (nfds_t)count, integer(env, a[2]));
  return number(env, ready < 0 ? 0 : ready);
}
static void export_as(env_t env, value_t to, const char *name, callback_t call) { value_t f; napi_create_function(env, name, strlen(name), call, NULL, &f); napi_set_named_property(env, to, name, f); }
int32_t node_api_module_get_api_version_v1(void) { return 8; }
value_t napi_register_module_v1(env_t env, value_t exports) {
  export_as(env, exports, "open", open_socket); export_as(env, exports, "close", close_socket); export_as(env, exports, "size", size);
  export_as(env, exports, "port", port); export_as(env, exports, "receive", receive); export_as(env, exports, "wait", wait_ready);
  return exports;
}
