//! No. 17: the platform for files, with a file that takes nothing.

use std::path::Path;
use std::process::Command;

use super::machine::finish;
use super::read;

const CONFIGURATION: &str = "--- !<tag:barectf.org,2020/3/config>\n\
    trace:\n  type:\n    $include: [stdint.yaml]\n    native-byte-order: le\n    \
    clock-types: {default: {$c-type: uint64_t}}\n    data-stream-types:\n      default:\n        \
    $is-default: true\n        $default-clock-type-name: default\n        event-record-types: \
    {e: {payload-field-type: {class: struct, members: [x: uint8]}}}\n";

/// Every way to fail, with packets of 100 bytes: each is said, and nothing is used that is freed.
const DRIVER: &str = r#"
#include <errno.h>
#include <stdio.h>
#include "barectf-platform-linux-fs.h"
int main(void)
{
	struct barectf_platform_linux_fs_ctx *platform;
	unsigned int index, events;

	if (barectf_platform_linux_fs_init(100, "no/such/folder", 0, 0, 0) || errno != ENOENT ||
			barectf_platform_linux_fs_init(10, "stream", 0, 0, 0) || errno != EMSGSIZE) {
		return 1;
	}
	platform = barectf_platform_linux_fs_init(100, "/dev/full", 0, 0, 0);
	for (index = 0; index < 1000; ++index) {
		barectf_trace_e(barectf_platform_linux_fs_get_barectf_ctx(platform), 1);
	}
	printf("%lu\n", (unsigned long) barectf_packet_events_discarded(
		barectf_platform_linux_fs_get_barectf_ctx(platform)));
	printf("%d\n", barectf_platform_linux_fs_error(platform) == ENOSPC);
	printf("%d\n", barectf_platform_linux_fs_fini(platform) == -1 && errno == ENOSPC);
	/* Full at 5 of 5, at 0 of 5 in both orders, and at 0 of 0 */
	for (index = 0; index < 4; ++index) {
		platform = barectf_platform_linux_fs_init(100, "stream", 1, index == 0 || index == 2 ? 5 : 0,
			index < 2 ? 5 : 0);
		for (events = 0; events < 4; ++events) {
			barectf_trace_e(barectf_platform_linux_fs_get_barectf_ctx(platform), 1);
		}
		printf("%lu ", (unsigned long) barectf_packet_events_discarded(
			barectf_platform_linux_fs_get_barectf_ctx(platform)));
		if (barectf_platform_linux_fs_fini(platform) != 0) {
			return 1;
		}
	}
	return 0;
}
"#;

#[test]
fn no_17_a_platform_whose_file_fails_says_so() {
    let (configuration, folder) = read("17", CONFIGURATION);
    let definition = configuration.definition.expect("a definition");
    for file in marey_generate::c::files(&definition).expect("files") {
        std::fs::write(folder.join(file.name), file.text).expect("written");
    }
    std::fs::write(folder.join("driver.c"), DRIVER).expect("written");
    let platform = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../platforms/linux-fs");
    let mut compiler = Command::new("gcc");
    compiler.current_dir(&folder).args(["-g", "-fsanitize=address,undefined", "-I."]);
    compiler.arg("-I").arg(&platform).args(["-o", "driver", "driver.c", "barectf.c"]);
    finish(compiler.arg(platform.join("barectf-platform-linux-fs.c"))).expect("compiled");
    let said = finish(Command::new("./driver").current_dir(&folder)).expect("nothing dangles");
    // Two events are in the packet that could not be written.
    assert_eq!(said, "998\n1\n1\n2 0 0 0 ");
}
