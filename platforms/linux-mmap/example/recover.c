/* Ends the streams that killed programs left behind: recover STREAM... */

#include <stdio.h>

#include "barectf-platform-linux-mmap.h"

int main(int argc, char *argv[])
{
	int status = 0;
	int index;

	for (index = 1; index < argc; ++index) {
		const int found = barectf_platform_linux_mmap_recover(argv[index]);

		if (found < 0) {
			perror(argv[index]);
			status = 1;
		} else {
			printf("%s: %s\n", argv[index],
				found ? "the last packet is recovered" : "nothing to recover");
		}
	}
	return status;
}
