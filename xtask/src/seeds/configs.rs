//! Configurations of traces, small ones.

/// Target, name and text of each.
pub fn all() -> impl Iterator<Item = (&'static str, &'static str, Vec<u8>)> {
    let named = |target| {
        move |(name, text): &(&'static str, &str)| (target, *name, text.as_bytes().to_vec())
    };
    let configs = CONFIGS.iter().map(named("config"));
    configs.chain(CONFIGS.iter().chain(&TREES).map(named("yaml")))
}

const CONFIGS: [(&str, &str); 4] = [
    (
        "three.yaml",
        "--- !<tag:barectf.org,2020/3/config>\n\
         options: {code-generation: {prefix: {identifier: a_, file-name: a}}}\n\
         trace:\n  environment: {here: 3, there: text}\n  type:\n    \
         $include: [stdint.yaml, stdmisc.yaml, lttng-ust-log-levels.yaml]\n    \
         native-byte-order: le\n    uuid: auto\n    \
         $features: {uuid-field-type: true, data-stream-type-id-field-type: uint8}\n    \
         clock-types: {c: {frequency: 1000, offset: {seconds: 1}, $c-type: uint64_t}}\n    \
         data-stream-types:\n      s:\n        $is-default: true\n        \
         $default-clock-type-name: c\n        $features: {event-record: {type-id-field-type: uint8}}\n        \
         packet-context-field-type-extra-members: [cpu: uint8]\n        event-record-types:\n          \
         e:\n            log-level: INFO\n            payload-field-type:\n              class: struct\n              \
         minimum-alignment: 32\n              members: [a: uint32, s: str, d: {field-type: {class: \
         dynamic-array, element-field-type: sint16}}]\n",
    ),
    (
        "fields.yaml",
        "--- !<tag:barectf.org,2020/3/config>\ntrace:\n  type:\n    trace-byte-order: big\n    \
         $field-type-aliases: {b: {class: uint, size: 3}, c: {$inherit: b, alignment: 4}}\n    \
         data-stream-types:\n      s:\n        event-record-types:\n          e:\n            \
         payload-field-type: {class: struct, members: [x: c, y: {field-type: {class: senum, size: 9, \
         mappings: {A: [1, [2, 3]]}}}, z: {field-type: {class: static-array, length: 2, \
         element-field-type: {class: real, size: 64}}}]}\n",
    ),
    (
        "two.yaml",
        "version: '2.2'\nmetadata:\n  $include: [stdint.yaml]\n  trace: {$include: trace-basic.yaml}\n  \
         clocks: {c: {freq: 1000, absolute: true, $return-ctype: uint64_t}}\n  \
         $log-levels: {low: 3}\n  streams:\n    s:\n      packet-context-type:\n        \
         class: struct\n        fields: {packet_size: uint32, content_size: uint32, extra: uint8}\n      \
         event-header-type:\n        class: struct\n        fields:\n          id: uint8\n          \
         timestamp: {class: int, size: 32, property-mappings: [{type: clock, name: c, property: value}]}\n      \
         events:\n        e: {log-level: low, payload-type: {class: struct, fields: {a: uint8, f: {class: \
         flt, size: {exp: 8, mant: 24}}, t: {class: str}, n: {class: enum, value-type: uint8, members: \
         [A, {label: B, value: [2, 4]}]}}}}\n",
    ),
    (
        "wrong.yaml",
        "--- !<tag:barectf.org,2020/3/config>\ntrace:\n  type:\n    native-byte-order: middle\n    \
         data-stream-types: {int: {event-record-types: {e: {payload-field-type: nowhere}, e: 1}}}\n",
    ),
];

const TREES: [(&str, &str); 3] = [
    (
        "scalars.yaml",
        "[0x20, 040, 1_000, 1:30, 1e6, 1.5, .inf, on, ~, 2001-12-14, 'it''s', \"a\\tb\", =x, -, '']\n",
    ),
    ("merge.yaml", "a: &a {x: 1, y: [2]}\nb: {<<: *a, x: 3}\nc: [*a, *a]\n"),
    (
        "blocks.yaml",
        "- |\n  two\n  lines\n- >-\n  folded\n  text\n- !!str 12\n- ? long\n  : value\n",
    ),
];
