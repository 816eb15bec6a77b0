/*
 * Files of the host, for a program on a Cortex-M under a debugger or QEMU: each call stops the
 * processor until the host has done it. So a packet is written when there is time for it, and never
 * by an interrupt handler: a ring of packets stands between.
 *
 * Arm's "Semihosting for AArch32 and AArch64" says what the calls are.
 */
#ifndef SEMIHOSTING_H
#define SEMIHOSTING_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Makes a file anew, in the folder where the host's program runs; returns its number, or -1 */
int32_t semihosting_create(const char *path);

/* Writes bytes to a file; returns how many were not written */
uint32_t semihosting_write(int32_t file, const uint8_t *bytes, uint32_t len);

/* Closes a file; returns 0, or -1 */
int32_t semihosting_close(int32_t file);

/* Says something on the host's terminal */
void semihosting_say(const char *text);

/* Ends QEMU, with status 0 if there was no failure, else 1 */
void semihosting_exit(int has_failed);

#ifdef __cplusplus
}
#endif

#endif /* SEMIHOSTING_H */
