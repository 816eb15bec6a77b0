/* How a Cortex-M starts: the vector table, and what happens before main */
#include <stdint.h>

#include "semihosting.h"

/* The linker script says where these are */
extern uint32_t data_in_flash[], data_start[], data_end[], bss_start[], bss_end[], stack_end[];

int main(void);
void reset(void);
void fault(void);
void systick(void);

void reset(void)
{
	const uint32_t *from = data_in_flash;
	uint32_t *to;

	for (to = data_start; to < data_end; ++to) {
		*to = *from++;
	}
	for (to = bss_start; to < bss_end; ++to) {
		*to = 0;
	}
	semihosting_exit(main());
	for (;;) {
	}
}

/* What the program does not expect ends it */
void fault(void)
{
	semihosting_say("a fault\n");
	semihosting_exit(1);
	for (;;) {
	}
}

/* ARMv6-M Architecture Reference Manual, B1.5.3: the first word is the stack, the others functions */
typedef void (*vector)(void);

__attribute__((section(".vectors"), used))
static const union {
	uint32_t *stack;
	vector handler;
} vectors[16] = {
	{stack_end},
	{(uint32_t *) reset},
	{(uint32_t *) fault},
	{(uint32_t *) fault},
	{(uint32_t *) fault}, {(uint32_t *) fault}, {(uint32_t *) fault}, {0}, {0}, {0}, {0},
	{(uint32_t *) fault}, {(uint32_t *) fault}, {0}, {(uint32_t *) fault},
	{(uint32_t *) systick}
};
