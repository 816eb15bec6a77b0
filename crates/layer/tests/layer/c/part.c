/* Another part of the program: its events are in the same files. */
#include <marey.h>

#ifdef __cplusplus
extern "C"
#endif
void other_part(uint64_t n);

void other_part(uint64_t n)
{
    MAREY_EVENT("t:part", (u64, n, n));
}
