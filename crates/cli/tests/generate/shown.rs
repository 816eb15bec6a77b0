//! How mistakes are shown in lines that are hard to show: within 80 columns, whatever is in them.

use super::*;
use unicode_width::UnicodeWidthStr as _;

#[test]
fn mistakes_fit_80_columns() {
    let folder = folder("shown");
    let member = "{count: uint32}";
    let wide = "名前は日本語です".repeat(8);
    let long: String = (0..400).map(|number| format!("m{number}: uint8}}, {{")).collect();
    let lines = [
        ("tabs", format!("{{\t\t\tcount:\t\t\tuint33\t}},{}{{\tlast: uint8}}", "\t".repeat(40))),
        ("wide", format!("{{count: uint32}}, {{\"{wide}\": uint33}}")),
        ("long", format!("{{{long}count: uint33}}, {{{long}last: uint34}}")),
    ];
    let mut said = String::new();
    for (name, line) in lines {
        let text = CONFIG.replace(member, &line).replace('\n', "\r\n");
        write(&folder, &format!("{name}.yaml"), text);
        let ran = run_in(&folder, &["config", "check", &format!("{name}.yaml")]);
        assert_eq!((ran.status, ran.stdout.as_str()), (1, ""));
        for line in ran.stderr.lines() {
            assert!(line.width() <= 80, "{} columns: {line}", line.width());
            assert!(!line.contains(['\t', '\r']), "{line:?}");
        }
        said += &ran.stderr;
    }
    golden("generate/shown.txt", &said);
}
