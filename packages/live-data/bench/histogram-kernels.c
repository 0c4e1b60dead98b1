/* The counting of a detector view and of a monitor as a C programmer would write it. Usage: program PLACES BINS EVENTS ROUNDS */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec + t.tv_nsec * 1e-9;
}

int main(int argc, char **argv) {
  if (argc < 5) return 2;
  const uint32_t places = atoi(argv[1]), bins = atoi(argv[2]), events = atoi(argv[3]), rounds = atoi(argv[4]);
  int32_t *toa = malloc(4ull * events), *pixel = malloc(4ull * events);
  uint32_t *cube = calloc((size_t)places * bins, 4);
  FILE *input = fopen(argv[5], "rb");
  if (!input || fread(toa, 4, events, input) != events || fread(pixel, 4, events, input) != events) return 3;
  const double end = 71430000.0, scale = bins / end;
  double best = 1e9;
  for (uint32_t round = 0; round < rounds; round++) {
    const double from = now();
    for (uint32_t i = 0; i < events; i++) {
      const uint32_t id = (uint32_t)(pixel[i] - 1);
      const int32_t t = toa[i];
      if (id >= places || t < 0 || t >= 71430000) continue;
      cube[(size_t)id * bins + (uint32_t)(t * scale)]++;
    }
    const double took = now() - from;
    if (took < best) best = took;
  }
  uint64_t sum = 0;
  for (size_t k = 0; k < (size_t)places * bins; k++) sum += cube[k];
  printf("{\"eventsPerS\": %.4g, \"counted\": %llu}\n", events / best, (unsigned long long)(sum / rounds));
  return 0;
}
