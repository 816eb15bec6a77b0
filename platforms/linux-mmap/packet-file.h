/*
 * A stream file in which packets of one length are written in place, and which readers find whole
 * at any moment: what a killed program leaves is a trace.
 *
 * The packet that is being filled lies at the end of the file, inside of the padding of the packet
 * before it: that one says that it is twice as long as it is. A *commit* is one small write, which
 * gives it its own length again, and so uncovers the packet behind it. Before there is a packet
 * that can cover another one, the file has another name, with a dot, and the first commit is a
 * rename. The file grows by empty packets of one page, which readers may see.
 *
 * What packets look like is not known here but for the place of the field with their length: the
 * one who opens the file brings empty packets along.
 */
#ifndef PACKET_FILE_H
#define PACKET_FILE_H

#include <stddef.h>
#include <stdint.h>

#include "mapped-file.h"

#ifdef __cplusplus
extern "C" {
#endif

/* Where a packet says how long it is. */
struct packet_size_field {
	/* In bytes, from its start; how many bytes, without those that are always 0; 1 to 4 */
	uint32_t at;
	uint32_t len;
	int is_big_endian;
};

/* The file and its packets. */
struct packet_file {
	/* The stream's name, and that with a dot, which it has before the first commit */
	const char *path;
	const char *open_path;

	int file;

	/* The length of a packet: a multiple of that of a page. */
	size_t packet_bytes;
	size_t page_bytes;
	struct packet_size_field field;

	/* Packets that were committed */
	uint32_t count;

	/* The place of the next one, if there is one */
	struct mapped slot;
};

/*
 * Finds the field that tells two beginnings of packets apart, of this many bytes, which say to be
 * one and other bytes long. 0, or -1 if it is not made of whole bytes.
 */
int packet_size_field_find(struct packet_size_field *field, const uint8_t *one_header,
	uint32_t one_bytes, const uint8_t *other_header, uint32_t other_bytes, size_t header_bytes);

/* Whether the field can hold this length. */
int packet_size_field_fits(const struct packet_size_field *field, size_t bytes);

/*
 * Makes a place at the end of the file, and maps it. `pages` are empty packets of one page each, as
 * many as there are, aligned to pages. All of the place has room on the disk: an access to it never
 * fails for want of that. 0, or -1 and errno; then there is no place, and the file is as it was.
 */
int packet_file_grow(struct packet_file *it, const uint8_t *pages, size_t pages_bytes);

/* Maps the place that is there already. 0, or -1 and errno. */
int packet_file_map(struct packet_file *it);

/* Makes what is in the place a packet for readers, and takes the place away. 0, or -1 and errno. */
int packet_file_commit(struct packet_file *it);

/* How many bytes lie behind the last packet; -1 and errno if that fails. */
long packet_file_tail(const struct packet_file *it);

/*
 * Ends the file behind the last packet. `page` begins as an empty packet does that is as long as the
 * tail. 0, or -1 and errno.
 */
int packet_file_trim(struct packet_file *it, const uint8_t *page, size_t tail_bytes);

/* Takes the place away and closes the file; errno stays. */
void packet_file_close(struct packet_file *it);

#ifdef __cplusplus
}
#endif

#endif
