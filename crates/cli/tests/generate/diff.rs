//! `marey config diff`: what is said, and the answer as the exit status.

use super::*;

#[test]
fn the_answer_is_the_exit_status() {
    let folder = folder("diff");
    let member = "{count: uint32}";
    assert!(CONFIG.contains(member));
    write(
        &folder,
        "hex.yaml",
        CONFIG.replace(
            member,
            "{count: {field-type: {$inherit: uint32, preferred-display-base: hex}}}",
        ),
    );
    write(&folder, "wide.yaml", CONFIG.replace(member, "{count: uint64}"));
    write(&folder, "wrong.yaml", CONFIG.replace(member, "{count: uint65}"));
    let diff = |other: &str| run_in(&folder, &["config", "diff", "config.yaml", other]);
    assert_eq!(diff("config.yaml").status, 0);
    let ran = diff("hex.yaml");
    assert_eq!((ran.status, ran.stderr.as_str()), (0, ""));
    assert!(ran.stdout.starts_with("no effect: `count` in the payload"), "{}", ran.stdout);
    let ran = diff("wide.yaml");
    assert_eq!((ran.status, ran.stderr.as_str()), (1, ""));
    golden("generate/diff.txt", &ran.stdout);
    for (other, status) in [("wrong.yaml", 4), ("absent.yaml", 4)] {
        let ran = diff(other);
        assert_eq!((ran.status, ran.stdout.as_str()), (status, ""), "{}", ran.stderr);
        assert!(ran.stderr.ends_with(": nothing was compared\n"), "{}", ran.stderr);
    }
    assert_eq!(run_in(&folder, &["config", "diff", "config.yaml"]).status, 2);
}

#[test]
fn programs_get_differences_and_a_verdict() {
    let folder = folder("diff-json");
    write(&folder, "wide.yaml", CONFIG.replace("{count: uint32}", "{count: uint64}"));
    let (values, ran) = json(&folder, &["config", "diff", "config.yaml", "wide.yaml"]);
    assert_eq!(ran.status, 1);
    let found = of_type(&values, "difference");
    let count = found.iter().find(|found| found["effect"] == "bytes").expect("the size");
    assert_eq!(
        (&count["first"]["file"], &count["first"]["label"]),
        (&Value::from("config.yaml"), &Value::from("32 bits, aligned to 32"))
    );
    assert_eq!(count["first"]["line"], count["second"]["line"]);
    let verdict = of_type(&values, "verdict");
    assert_eq!(
        (&verdict[0]["compatible"], &verdict[0]["same_bytes"]),
        (&false.into(), &false.into())
    );
    let end = values.last().expect("an end");
    assert_eq!(end["differences"], found.len());
    assert_eq!(json(&folder, &["config", "diff", "config.yaml", "absent.yaml"]).1.status, 4);
}
