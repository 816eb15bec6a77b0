//! Version 2 has words for structures in structures and for arrays; barectf has no tracers for
//! them.

use marey_ctf::schema::FieldClass;
use marey_generate::c;
use marey_generate::configuration::{Configuration, Options};
use marey_generate::v2::Compat;

const CONFIG: &str = "version: '2.2'
metadata:
  type-aliases:
    u8: {class: int, size: 8}
    u32: {class: int, size: 32, align: 32}
    point: {class: struct, fields: {x: u8, y: u32}}
  trace: {byte-order: le}
  streams:
    s:
      packet-context-type: {class: struct, fields: {packet_size: u32, content_size: u32}}
      event-header-type: {class: struct, fields: {id: u8}}
      events:
        e:
          payload-type:
            class: struct
            fields:
              at: point
              path: {class: array, length: dynamic, element-type: point}
              pair:
                class: array
                length: 2
                element-type: {class: array, length: 3, element-type: point}
";

fn read(compat: Compat) -> Configuration {
    let options = Options { compat: Some(compat), ..Options::default() };
    Configuration::of_bytes("config.yaml", CONFIG.as_bytes().to_vec(), &options).expect("read")
}

#[test]
fn structures_in_structures_are_there_as_barectf_3_understands_it() {
    let definition = read(Compat::Barectf31).definition.expect("a definition");
    let payload = definition.schema.streams[0].events[0].payload.as_ref().expect("a payload");
    let is_structure =
        |name: &str| matches!(payload.member(name).expect("it").class, FieldClass::Structure(_));
    assert!(is_structure("at"));
    let header = &c::files(&definition).expect("a tracer")[0].text;
    let parameters = "\tconst struct barectf_s_e_at *p_at,\n\tuint32_t p___path_len,\n\t\
                      const struct barectf_s_e_path *p_path,\n\t\
                      const struct barectf_s_e_pair * const *p_pair);";
    assert!(header.contains(parameters), "{header}");
}

#[test]
fn barectf_2_refuses_them() {
    let configuration = read(Compat::Barectf23);
    assert!(configuration.definition.is_none());
    let problems = configuration.problems.sorted();
    let found = problems.iter().find(|found| found.what.starts_with("a structure"));
    let found = found.expect("an error");
    assert_eq!(found.help, ["`--compat 3.1` takes it"]);
}
