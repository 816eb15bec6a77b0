#include "semihosting.h"

#include <string.h>

/* The numbers of operations and of what ends a program */
#define SYS_OPEN 0x01
#define SYS_CLOSE 0x02
#define SYS_WRITE0 0x04
#define SYS_WRITE 0x05
#define SYS_EXIT 0x18
#define MODE_WB 5
#define ADP_STOPPED_RUN_TIME_ERROR_UNKNOWN 0x20023
#define ADP_STOPPED_APPLICATION_EXIT 0x20026

/* The host sees the breakpoint, and does what r0 says with what r1 says */
static int32_t call(uint32_t operation, uintptr_t argument)
{
	register uint32_t r0 __asm__("r0") = operation;
	register uintptr_t r1 __asm__("r1") = argument;

	__asm__ __volatile__("bkpt 0xab" : "+r" (r0) : "r" (r1) : "memory");
	return (int32_t) r0;
}

int32_t semihosting_create(const char *path)
{
	uintptr_t block[3];

	block[0] = (uintptr_t) path;
	block[1] = MODE_WB;
	block[2] = strlen(path);
	return call(SYS_OPEN, (uintptr_t) block);
}

uint32_t semihosting_write(int32_t file, const uint8_t *bytes, uint32_t len)
{
	uintptr_t block[3];

	block[0] = (uintptr_t) file;
	block[1] = (uintptr_t) bytes;
	block[2] = len;
	return (uint32_t) call(SYS_WRITE, (uintptr_t) block);
}

int32_t semihosting_close(int32_t file)
{
	uintptr_t block[1];

	block[0] = (uintptr_t) file;
	return call(SYS_CLOSE, (uintptr_t) block);
}

void semihosting_say(const char *text)
{
	call(SYS_WRITE0, (uintptr_t) text);
}

void semihosting_exit(int has_failed)
{
	call(SYS_EXIT, has_failed ?
		ADP_STOPPED_RUN_TIME_ERROR_UNKNOWN : ADP_STOPPED_APPLICATION_EXIT);
}
