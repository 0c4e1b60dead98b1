// convert ROUNDS SEED_FOR_GAINS(0 = one gain, 1 = one pixel of 100 in G1, 2 = three gains mixed): JUNGFRAU raw -> (adc - pedestal) * gain in
// float32, as a C converter does it. Prints GB of raw input per CPU second.
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
enum { pixels = 1024 * 512, plane_pixels = pixels + 272 }; // planes apart, as ours: no two in one set of the first cache
static uint16_t raw[pixels];
static float pedestal[3][plane_pixels], gain[3][plane_pixels], out[pixels];
static double cpu(void) { struct rusage u; getrusage(RUSAGE_SELF, &u); return u.ru_utime.tv_sec + u.ru_stime.tv_sec + (u.ru_utime.tv_usec + u.ru_stime.tv_usec) * 1e-6; }
static void convert(void) {
  for (int i = 0; i < pixels; i++) {
    uint16_t value = raw[i];
    int code = value >> 14, plane = code == 3 ? 2 : code;
    float converted = ((float)(value & 0x3fff) - pedestal[plane][i]) * gain[plane][i];
    if (value == 0xc000) converted = INFINITY;
    else if (value == 0xffff || value == 0x4000 || code == 2) converted = NAN;
    out[i] = converted;
  }
}
int main(int n, char **a) {
  int rounds = n > 1 ? atoi(a[1]) : 100, kind = n > 2 ? atoi(a[2]) : 0;
  for (uint32_t i = 0; i < pixels; i++) {
    raw[i] = (uint16_t)(((i * 2654435761u) >> 18) & 0x3fff);
    if (kind == 1 && i % 100 == 0) raw[i] |= 1 << 14;
    if (kind == 2) raw[i] |= (uint16_t[]){0, 1, 3}[i % 3] << 14;
    for (int g = 0; g < 3; g++) gain[g][i] = 1;
  }
  for (int i = 0; i < 5; i++) convert();
  double begin = cpu();
  for (int i = 0; i < rounds; i++) { convert(); __asm__ volatile("" ::"r"(out) : "memory"); }
  printf("%.2f\n", (double)rounds * sizeof raw / (cpu() - begin) / 1e9);
  return 0;
}
