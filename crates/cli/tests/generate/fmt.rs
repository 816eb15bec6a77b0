//! `marey config fmt`: which files change, and how it ends.

use super::*;

const LOOSE: &str = "# of a\na :\n-   1   # one\n-   {b : 2}\n";
const FORMATTED: &str = "# of a\na:\n  - 1   # one\n  - {b: 2}\n";

#[test]
fn files_are_replaced_if_they_change() {
    let folder = folder("fmt");
    write(&folder, "loose.yaml", LOOSE);
    write(&folder, "good.yaml", FORMATTED);
    let when =
        |name: &str| fs::metadata(folder.join(name)).expect("a file").modified().expect("when");
    let old = SystemTime::now() - Duration::from_secs(100);
    for name in ["loose.yaml", "good.yaml"] {
        let file = fs::File::options().write(true).open(folder.join(name)).expect("a file");
        file.set_modified(old).expect("its time is set");
    }
    let ran = run_in(&folder, &["config", "fmt", "--check", "loose.yaml", "good.yaml"]);
    assert_eq!((ran.status, ran.stdout.as_str(), ran.stderr.as_str()), (1, "loose.yaml\n", ""));
    assert_eq!(read(&folder, "loose.yaml"), LOOSE);
    assert_eq!(run_in(&folder, &["config", "fmt", "loose.yaml", "good.yaml"]).ok(), "");
    assert_eq!((read(&folder, "loose.yaml"), when("good.yaml")), (FORMATTED.to_owned(), old));
    assert!(when("loose.yaml") > old);
    assert_eq!(run_in(&folder, &["config", "fmt", "--check", "loose.yaml", "good.yaml"]).ok(), "");
}

#[test]
fn the_standard_input_goes_to_the_standard_output() {
    let ran = process::run_with(&["config", "fmt", "-"], LOOSE.as_bytes());
    assert_eq!(ran.ok(), FORMATTED);
    let ran = process::run_with(&["config", "fmt", "--check", "-"], LOOSE.as_bytes());
    assert_eq!((ran.status, ran.stdout.as_str()), (1, "-\n"));
}

#[test]
fn what_cannot_be_formatted_is_left() {
    let folder = folder("fmt-wrong");
    write(&folder, "wrong.yaml", "a: [1\n");
    write(&folder, "loose.yaml", LOOSE);
    for (name, said) in [("wrong.yaml", "is never closed"), ("absent.yaml", "cannot read")] {
        let ran = run_in(&folder, &["config", "fmt", name, "loose.yaml"]);
        assert_eq!((ran.status, ran.stdout.as_str()), (4, ""));
        assert!(ran.stderr.contains(said), "{}", ran.stderr);
        assert_eq!(read(&folder, "loose.yaml"), FORMATTED, "the others are formatted");
    }
    assert_eq!(read(&folder, "wrong.yaml"), "a: [1\n");
    write(&folder, "loose.yaml", LOOSE);
    let (values, ran) = json(&folder, &["config", "fmt", "wrong.yaml", "loose.yaml"]);
    let files = of_type(&values, "file");
    assert_eq!((ran.status, files.len()), (4, 1));
    assert_eq!((&files[0]["state"], &files[0]["written"]), (&"changed".into(), &true.into()));
}
