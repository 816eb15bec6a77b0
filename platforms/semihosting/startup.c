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

/* The vector table (ARMv6-M Architecture Reference Manual, B1.5.3) */
__attribute__((section(".vectors"), used))
static const struct {
	uint32_t *stack;
	void (*handlers[15])(void);
} vectors = {
	stack_end,
	{
		/* Reset, NMI, HardFault; those of a Cortex-M3: MemManage, BusFault, UsageFault */
		reset, fault, fault, fault, fault, fault, 0, 0, 0, 0,
		/* SVCall, DebugMonitor of a Cortex-M3, PendSV, SysTick */
		fault, fault, 0, fault, systick
	}
};
