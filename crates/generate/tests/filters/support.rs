//! Configurations to generate from.

use marey_generate::configuration::{Configuration, Options};
use marey_generate::definition::Definition;
use marey_generate::diagnostic::render;
use marey_generate::v2::Compat;

/// Two streams; `noisy` has log levels from none to 7. `MAREY` is the place of the extensions.
const VERSION_3: &str = "--- !<tag:barectf.org,2020/3/config>
trace:
  MAREY
  type:
    $include: [stdint.yaml, stdmisc.yaml, lttng-ust-log-levels.yaml]
    native-byte-order: le
    uuid: auto
    clock-types: {ticks: {$c-type: uint64_t}}
    data-stream-types:
      noisy:
        $is-default: true
        $default-clock-type-name: ticks
        event-record-types:
          plain: {payload-field-type: {class: struct, members: [count: uint32]}}
          error: {log-level: ERR, payload-field-type: {class: struct, members: [text: string]}}
          info: {log-level: INFO, payload-field-type: {class: struct, members: [count: uint16]}}
          system: {log-level: 7, payload-field-type: {class: struct, members: [count: uint8]}}
      quiet:
        event-record-types:
          plain: {payload-field-type: {class: struct, members: [count: uint32]}}
";

/// The same of version 2.
const VERSION_2: &str = "version: '2.2'
metadata:
  MAREY
  $include: [stdint.yaml, lttng-ust-log-levels.yaml]
  trace:
    byte-order: le
    packet-header-type: {class: struct, fields: {magic: uint32, stream_id: uint8}}
  streams:
    noisy:
      packet-context-type: {class: struct, fields: {packet_size: uint32, content_size: uint32}}
      event-header-type: {class: struct, fields: {id: uint8}}
      events:
        plain: {payload-type: {class: struct, fields: {count: uint32}}}
        info: {log-level: INFO, payload-type: {class: struct, fields: {count: uint32}}}
";

/// The configuration of version 3 with these extensions, such as `marey: {}`.
pub fn version_3(extensions: &str) -> String {
    VERSION_3.replace("MAREY", extensions)
}

/// The same of version 2.
pub fn version_2(extensions: &str) -> String {
    VERSION_2.replace("MAREY", extensions)
}

/// What is read of a configuration.
pub fn read(text: &str, compat: Option<Compat>) -> Configuration {
    let options = Options { compat, ..Options::default() };
    let read = Configuration::of_bytes("config.yaml", text.as_bytes().to_vec(), &options);
    read.expect("a version that can be read so")
}

/// What is wrong with a configuration, and with which extensions: their messages.
pub fn messages(configuration: &Configuration) -> Vec<String> {
    let problems = configuration.problems.sorted();
    problems.iter().map(|found| render(found, &configuration.sources, false)).collect()
}

/// The definition of a configuration in which nothing is wrong.
pub fn definition(text: &str) -> Definition {
    let configuration = read(text, None);
    assert_eq!(messages(&configuration), Vec::<String>::new());
    configuration.definition.expect("a definition")
}
