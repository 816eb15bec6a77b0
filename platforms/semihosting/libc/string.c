#include <string.h>

void *memcpy(void *to, const void *from, size_t len)
{
	unsigned char *at = to;
	const unsigned char *byte = from;

	while (len-- > 0) {
		*at++ = *byte++;
	}
	return to;
}

void *memset(void *to, int byte, size_t len)
{
	unsigned char *at = to;

	while (len-- > 0) {
		*at++ = (unsigned char) byte;
	}
	return to;
}

size_t strlen(const char *text)
{
	size_t len = 0;

	while (text[len]) {
		++len;
	}
	return len;
}
