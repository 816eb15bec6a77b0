/*
 * The calls of QNX' SAT that insert events, by their meaning. Codes are from 0 to 1023; of a
 * greater one the lower 10 bits are taken. A length is in words of 32 bits.
 */
#ifndef MAREY_SAT_H
#define MAREY_SAT_H

#include "../marey.h"

/* INSERTSUSEREVENT, trace_logi. */
MAREY_UNUSED static inline void marey_sat_simple(uint32_t event, uint32_t d0, uint32_t d1)
{
    MAREY_EVENT_OF(MAREY_LEVEL_INFO, MAREY_MEANS_USER_SIMPLE, "user:simple",
                   (u16, code, event & 0x3ff), (u32, d0, d0), (u32, d1, d1));
}

/* INSERTCUSEREVENT, trace_logb. */
MAREY_UNUSED static inline void marey_sat_combined(uint32_t event, const uint32_t *words,
                                                   size_t count)
{
    MAREY_EVENT_OF(MAREY_LEVEL_INFO, MAREY_MEANS_USER_COMBINED, "user:combined",
                   (u16, code, event & 0x3ff), (words, words, marey_words(words, count)));
}

/* INSERTUSRSTREVENT, trace_logf. */
MAREY_UNUSED static inline void marey_sat_string(uint32_t event, const char *text)
{
    MAREY_EVENT_OF(MAREY_LEVEL_INFO, MAREY_MEANS_USER_STRING, "user:string",
                   (u16, code, event & 0x3ff), (string, text, text));
}

/* trace_func_enter; `-finstrument-functions` calls functions with the same arguments. */
MAREY_UNUSED static inline void marey_sat_function_enter(void *this_fn, void *call_site)
{
    MAREY_EVENT_OF(MAREY_LEVEL_INFO, MAREY_MEANS_FUNCTION_ENTER, "system:func_enter",
                   (address, thisfn, this_fn), (address, call_site, call_site));
}

/* trace_func_exit. */
MAREY_UNUSED static inline void marey_sat_function_exit(void *this_fn, void *call_site)
{
    MAREY_EVENT_OF(MAREY_LEVEL_INFO, MAREY_MEANS_FUNCTION_EXIT, "system:func_exit",
                   (address, thisfn, this_fn), (address, call_site, call_site));
}

#endif
