//! What barectf 3 shows, and marey. `MAREY_BARECTF3` names its executable.

use super::config::parsed;
use super::*;

const MANY: &str = "\
--- !<tag:barectf.org,2020/3/config>
options: {code-generation: {prefix: my}}
trace:
  environment: {a: 1, b: 'two', c: null_}
  type:
    $include: [stdint.yaml, stdreal.yaml, stdmisc.yaml, lttng-ust-log-levels.yaml]
    trace-byte-order: be
    uuid: 2c5ea1ab-27a4-4a27-9a4b-1d4ac5b4b8a0
    $features:
      magic-field-type: {$inherit: uint32, alignment: 8}
      data-stream-type-id-field-type: byte
    clock-types: {one: {frequency: 0x10, offset: {seconds: 1_000}}, two: {$c-type: uint64_t}}
    data-stream-types:
      s:
        $default-clock-type-name: one
        $features: {packet: {sequence-number-field-type: uint64, end-timestamp-field-type: false}}
        packet-context-field-type-extra-members: [{cpu: uint8}]
        event-record-common-context-field-type: {class: struct, members: [{thread: int32}]}
        event-record-types:
          'on':
            log-level: WARNING
            payload-field-type:
              class: struct
              minimum-alignment: 64
              members:
              - kind: {field-type: {class: uenum, size: 3, mappings: {a: [1, [2, 3]], b: [0]}}}
              - list: {field-type: {class: dynamic-array, element-field-type: bit-packed-uint16}}
              - fixed: {field-type: {class: static-array, length: 3, element-field-type: double}}
          other: {specific-context-field-type: {class: struct, members: [{x: str}]}}
";

#[test]
fn the_effective_configuration_is_that_of_barectf() {
    let Some(barectf) = std::env::var_os("MAREY_BARECTF3") else {
        println!("skipped: MAREY_BARECTF3 does not name barectf 3 here");
        return;
    };
    let folder = folder("barectf");
    fs::create_dir(folder.join("include")).expect("a folder");
    write(&folder, "include/order.yaml", "native-byte-order: be\n");
    let included = CONFIG.replace("    native-byte-order: little-endian\n", "");
    write(&folder, "included.yaml", included.replace("[stdint", "[order.yaml, stdint"));
    let without = CONFIG.replace("true", "on").replace("uint32", "bit-packed-sint64");
    write(&folder, "without.yaml", without.replace("[stdint", "[nowhere.yaml, stdint"));
    write(&folder, "many.yaml", MANY);
    for name in ["config.yaml", "included.yaml", "without.yaml", "many.yaml"] {
        let options = ["-I", "include", "--ignore-include-not-found", "--indent-spaces", "4", name];
        let mut command = Command::new(&barectf);
        command.current_dir(&folder).arg("show-effective-configuration").args(options);
        let theirs = finish(&mut command).ok();
        let ours = run_in(&folder, &[&["config", "show"], &options[..]].concat()).ok();
        assert!(parsed(&ours) == parsed(&theirs), "{name}:\n{ours}\n{theirs}");
        assert_eq!(
            ours.lines().take(2).collect::<Vec<_>>(),
            theirs.lines().take(2).collect::<Vec<_>>()
        );
    }
}
