//! SAT's sample `usr_event_simple`: user events of a program.

use super::*;

#[path = "../../../layer/examples/usr_event_simple.rs"]
#[expect(dead_code, reason = "an example has a `main`; what it inserts is called here")]
mod sample;

/// Says that this process is the one that is recorded.
const SAMPLE: &str = "MAREY_TEST_SAT_USER";

/// Not a test of its own: it is what the other one records.
#[test]
fn inserts_user_events() {
    if std::env::var_os(SAMPLE).is_some() {
        sample::insert();
    }
}

#[test]
fn user_events_have_their_codes_words_and_text() {
    let folder = scratch("record-sat-user");
    let mut command = marey();
    command.current_dir(&folder).args(["record", "-u"]);
    command.args(exact::program("sat_user::inserts_user_events")).env(SAMPLE, "");
    let ran = finish(&mut command);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let ledger = ledger(&folder);
    let counts = ["/received", "/delivered", "/lost"].map(|what| number(&ledger, what));
    assert_eq!(counts, [5, 5, 0], "{ledger}");
    let Some(lines) = babeltrace::lines(&folder.join("recording/user")) else { return };
    // Behind the name and the contexts, which are in braces of their own.
    let said = |line: &String| {
        let name = line.split_whitespace().find(|word| word.starts_with("user:"));
        let fields = line.rsplit_once("}, {").map(|(_, fields)| fields.trim().to_owned());
        (name.unwrap_or_default().to_owned(), fields.unwrap_or_default())
    };
    let expected = [
        ("user:simple:", "code = 111, d0 = 1, d1 = 11 }"),
        ("user:simple:", "code = 222, d0 = 2, d1 = 22 }"),
        ("user:simple:", "code = 333, d0 = 3, d1 = 33 }"),
        ("user:simple:", "code = 444, d0 = 4, d1 = 44 }"),
        ("user:string:", "code = 555, text = \"Hello world\" }"),
    ];
    let expected = expected.map(|(name, fields)| (name.to_owned(), fields.to_owned()));
    assert_eq!(lines.iter().map(said).collect::<Vec<_>>(), expected, "{lines:#?}");
}
