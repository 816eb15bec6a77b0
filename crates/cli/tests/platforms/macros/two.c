/* Two types of streams. */

#include "disk.h"
#include "net.h"

int main(void)
{
	struct net_file_ctx *net = net_file_init(1000, "trace/net", 0, 0, 0);
	struct disk_file_ctx *disk = disk_file_init(2000, "trace/disk", 0, 0, 0);

	if (!net || !disk) {
		return 1;
	}
	my_net_trace_sent(net_file_get_barectf_ctx(net), 60);
	my_disk_trace_read(disk_file_get_barectf_ctx(disk), 7);
	return net_file_fini(net) != 0 || disk_file_fini(disk) != 0;
}
