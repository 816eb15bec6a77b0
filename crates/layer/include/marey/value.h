/* What fields may be, and how they are written: `of` what the program gives, `size`, `put`. */
#ifndef MAREY_VALUE_H
#define MAREY_VALUE_H

#include "state.h"

/* Bytes, and how many of them. */
struct marey_text {
    const void *bytes;
    size_t len;
    uint16_t mark; /* MAREY_CUT where there was more */
};

#define MAREY_PLAIN(type, c)                                                                       \
    MAREY_UNUSED static inline c marey_of_##type(c value)                                          \
    {                                                                                              \
        return value;                                                                              \
    }                                                                                              \
    MAREY_UNUSED static inline size_t marey_size_##type(c value)                                   \
    {                                                                                              \
        return sizeof value;                                                                       \
    }                                                                                              \
    MAREY_UNUSED static inline unsigned char *marey_put_##type(unsigned char *at, c value)         \
    {                                                                                              \
        memcpy(at, &value, sizeof value);                                                          \
        return at + sizeof value;                                                                  \
    }                                                                                              \
    typedef c marey_as_##type

MAREY_PLAIN(u8, uint8_t);
MAREY_PLAIN(u16, uint16_t);
MAREY_PLAIN(u32, uint32_t);
MAREY_PLAIN(u64, uint64_t);
MAREY_PLAIN(i8, int8_t);
MAREY_PLAIN(i16, int16_t);
MAREY_PLAIN(i32, int32_t);
MAREY_PLAIN(i64, int64_t);
MAREY_PLAIN(f32, float);
MAREY_PLAIN(f64, double);

/* A truth: any value but 0 is 1. */
typedef uint8_t marey_as_flag;
#define marey_of_flag(value) ((uint8_t)((value) != 0))
#define marey_size_flag marey_size_u8
#define marey_put_flag marey_put_u8
#define MAREY_TYPE_flag MAREY_TYPE_bool

/* A place in memory: a pointer, or a number. */
typedef uint64_t marey_as_address;
#define marey_of_address(value) ((uint64_t)(uintptr_t)(value))
#define marey_size_address marey_size_u64
#define marey_put_address marey_put_u64

/* So many bytes, of which MAREY_TEXT_BYTES_MAX are kept. */
MAREY_UNUSED static inline struct marey_text marey_span(const void *bytes, size_t len)
{
    struct marey_text text;
    text.bytes = bytes;
    text.len = len < MAREY_TEXT_BYTES_MAX ? len : MAREY_TEXT_BYTES_MAX;
    text.mark = len > MAREY_TEXT_BYTES_MAX ? MAREY_CUT : 0;
    return text;
}

/* So many numbers of 32 bits. */
MAREY_UNUSED static inline struct marey_text marey_words(const uint32_t *words, size_t count)
{
    return marey_span(words, count > MAREY_TEXT_BYTES_MAX ? MAREY_TEXT_BYTES_MAX + 1 : 4 * count);
}

typedef struct marey_text marey_as_string, marey_as_bytes, marey_as_words;

/* A text, up to its zero; null is as an empty one. No character of UTF-8 is cut in two. */
MAREY_UNUSED static inline struct marey_text marey_of_string(const char *text)
{
    struct marey_text span = marey_span(text, text ? strnlen(text, MAREY_TEXT_BYTES_MAX + 1) : 0);
    if (span.mark)
        while (span.len > 0 && ((unsigned char)text[span.len] & 0xc0) == 0x80)
            span.len--;
    return span;
}

#define marey_of_bytes(span) (span)
#define marey_of_words(span) (span)

MAREY_UNUSED static inline size_t marey_size_string(struct marey_text text)
{
    return 2 + text.len;
}

MAREY_UNUSED static inline unsigned char *marey_put_string(unsigned char *at,
                                                           struct marey_text text)
{
    uint16_t length = (uint16_t)(text.len | text.mark);
    memcpy(at, &length, 2);
    if (text.len > 0)
        memcpy(at + 2, text.bytes, text.len);
    return at + 2 + text.len;
}

#define marey_size_bytes marey_size_string
#define marey_size_words marey_size_string
#define marey_put_bytes marey_put_string
#define marey_put_words marey_put_string

#endif
