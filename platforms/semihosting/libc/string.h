/* What a tracer needs of a C library, for programs that have none */
#ifndef SEMIHOSTING_STRING_H
#define SEMIHOSTING_STRING_H

#include <stddef.h>

void *memcpy(void *to, const void *from, size_t len);
void *memset(void *to, int byte, size_t len);
size_t strlen(const char *text);

#endif /* SEMIHOSTING_STRING_H */
