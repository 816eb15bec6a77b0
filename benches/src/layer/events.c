/* The program of the row `layer` in C: nanoseconds for the clock, an empty loop, and the events;
 * 0 for one that a filter rejects, since it asks none. */
#include <marey.h>

#include "timed.h"

int main(int argc, char **argv)
{
    uint32_t count = argc > 1 ? (uint32_t)strtoul(argv[1], NULL, 10) : 0;
    volatile uint64_t now;
    TIME(now = marey_now());
    TIME((void)now);
    TIME(MAREY_EVENT("bench:four", (u32, a, n), (u32, b, 2), (u32, c, 3), (u32, d, n)));
    TIME(MAREY_EVENT("bench:six", (u64, a, n), (u8, b, 2), (i16, c, 3), (f64, d, 1.5),
                     (string, e, "a text"), (flag, f, 1)));
    printf("0 ");
    TIME(MAREY_EVENT("off:four", (u32, a, n), (u32, b, 2), (u32, c, 3), (u32, d, n)));
    return 0;
}
