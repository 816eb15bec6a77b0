//! What is said about each file in `tests/bad`.

use crate::goldens::check_all;
use crate::support::load;

#[test]
fn each_mistake_gets_its_message() {
    check_all("bad", 30, |path| {
        let name = path.file_name().and_then(|name| name.to_str()).expect("a name");
        let bytes = std::fs::read(path).expect("the file is read");
        load(name, &bytes).1
    });
}
