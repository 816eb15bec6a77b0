/*
 * Sends packets: send INTERFACE COUNT BYTES. Says how many the kernel took.
 */
#define _GNU_SOURCE

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { AT_ONCE = 64, LONGEST = 2048 };

static unsigned char frames[AT_ONCE][LONGEST];

static void fill(int bytes)
{
	/* To all, of a protocol for experiments. */
	static const unsigned char head[] = {
		255, 255, 255, 255, 255, 255, 2, 0, 0, 0, 0, 1, 0x88, 0xb5,
	};
	int index;

	for (index = 0; index < AT_ONCE; ++index) {
		memset(frames[index], index, (size_t) bytes);
		memcpy(frames[index], head, sizeof(head));
	}
}

int main(int argc, char **argv)
{
	const long count = argc > 3 ? atol(argv[2]) : 0;
	const int bytes = argc > 3 ? atoi(argv[3]) : 0;
	struct sockaddr_ll address = { .sll_family = AF_PACKET };
	struct mmsghdr messages[AT_ONCE] = { 0 };
	struct iovec pieces[AT_ONCE];
	const int on = 1;
	long sent = 0;
	int index, descriptor;

	if (bytes < 60 || bytes > LONGEST) {
		return 2;
	}
	fill(bytes);
	for (index = 0; index < AT_ONCE; ++index) {
		pieces[index] = (struct iovec) { frames[index], (size_t) bytes };
		messages[index].msg_hdr.msg_iov = &pieces[index];
		messages[index].msg_hdr.msg_iovlen = 1;
	}
	descriptor = socket(AF_PACKET, SOCK_RAW, 0);
	address.sll_ifindex = (int) if_nametoindex(argv[1]);
	if (bind(descriptor, (struct sockaddr *) &address, sizeof(address))
	    || setsockopt(descriptor, SOL_PACKET, PACKET_QDISC_BYPASS, &on, sizeof(on))) {
		perror("send");
		return 1;
	}
	while (sent < count) {
		const long left = count - sent;
		const int took = sendmmsg(descriptor, messages,
		                          left < AT_ONCE ? (unsigned) left : AT_ONCE, 0);

		/* A full queue is empty a moment later. */
		sent += took > 0 ? took : 0;
	}
	printf("%ld\n", sent);
	return 0;
}
