//! Machines to run tracers on: this one, and others that are emulated.

use std::path::Path;
use std::process::Command;

use marey_ctf::schema::ByteOrder;

/// What a compiler may say of our tracers: nothing.
pub const STRICT: [&str; 5] = ["-Wall", "-Wextra", "-Wconversion", "-pedantic", "-Werror"];
/// What is done where it must not be done ends a program.
pub const SANITIZED: [&str; 3] =
    ["-fsanitize=address,undefined", "-fno-sanitize-recover=all", "-g"];

/// A machine, with a compiler for it.
pub struct Machine {
    pub name: &'static str,
    pub order: ByteOrder,
    compiler: &'static [&'static str],
    /// The same compiler for C++.
    cplusplus: Option<&'static str>,
    /// What runs its programs.
    emulator: Option<&'static str>,
}

pub const HOST: Machine = Machine {
    name: "host",
    order: ByteOrder::Little,
    compiler: &["gcc"],
    cplusplus: Some("g++"),
    emulator: None,
};

/// This machine, with another compiler.
pub const CLANG: Machine = Machine {
    name: "clang",
    order: ByteOrder::Little,
    compiler: &["clang"],
    cplusplus: Some("clang++"),
    emulator: None,
};

pub const S390X: Machine = Machine {
    name: "s390x",
    order: ByteOrder::Big,
    compiler: &["s390x-linux-gnu-gcc", "-static"],
    cplusplus: None,
    emulator: Some("qemu-s390x"),
};

pub const ARM: Machine = Machine {
    name: "arm",
    order: ByteOrder::Little,
    compiler: &["arm-linux-gnueabihf-gcc", "-static"],
    cplusplus: None,
    emulator: Some("qemu-arm"),
};

impl Machine {
    /// Why there is no such machine here.
    pub fn is_missing(&self) -> Option<String> {
        let programs = self.compiler.first().into_iter().chain(&self.cplusplus);
        let missing = |program: &&&str| Command::new(program).arg("--version").output().is_err();
        let missing = programs.chain(&self.emulator).find(missing);
        missing.map(|program| format!("{program} is not here"))
    }

    /// Why it has no programs that end where something is done that must not be done.
    pub fn lacks_sanitizers(&self, folder: &Path) -> Option<String> {
        std::fs::write(folder.join("nothing.c"), "int main(void) { return 0; }\n")
            .expect("written");
        let mut compiler = Command::new(self.compiler[0]);
        compiler.current_dir(folder).args(SANITIZED).args(["-o", "nothing", "nothing.c"]);
        finish(&mut compiler).err().map(|_| format!("{} has no sanitizers here", self.name))
    }

    /// Compiles `driver.c` with its tracer.
    pub fn compile(
        &self,
        folder: &Path,
        file: &str,
        of_tracer: &[&str],
        of_driver: &[&str],
    ) -> Result<(), String> {
        let compiler = || {
            let mut command = Command::new(self.compiler[0]);
            command.current_dir(folder).args(&self.compiler[1..]);
            command
        };
        let mut tracer = compiler();
        tracer.args(["-std=c89", "-O1", "-c", "-o", "tracer.o"]).args(of_tracer);
        finish(tracer.arg(format!("{file}.c")))?;
        let sanitized = of_tracer.iter().filter(|option| option.starts_with("-fsan"));
        let mut driver = compiler();
        driver.args(["-w", "-O0"]).args(of_driver).args(sanitized);
        finish(driver.args(["-o", "driver", "driver.c", "tracer.o"])).map(drop)
    }

    /// A tracer is also a program in C++.
    pub fn check_cplusplus(&self, folder: &Path, file: &str) -> Result<(), String> {
        let Some(compiler) = self.cplusplus else { return Ok(()) };
        let mut compiler = Command::new(compiler);
        compiler.current_dir(folder).args(["-x", "c++", "-fsyntax-only"]).args(STRICT);
        finish(compiler.arg(format!("{file}.c"))).map(drop)
    }

    /// Runs a driver, and gives what it writes.
    pub fn run(&self, folder: &Path) -> Result<Vec<u8>, String> {
        let program = folder.join("driver");
        let mut command = match self.emulator {
            Some(emulator) => {
                let mut command = Command::new(emulator);
                command.arg(program);
                command
            }
            None => Command::new(program),
        };
        output(command.current_dir(folder))
    }
}

/// Runs a command, and gives the text that it writes.
pub fn finish(command: &mut Command) -> Result<String, String> {
    output(command).map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
}

fn output(command: &mut Command) -> Result<Vec<u8>, String> {
    let output = command.output().map_err(|e| format!("{command:?}: {e}"))?;
    match output.status.success() {
        true => Ok(output.stdout),
        false => Err(format!("{command:?}: {}", String::from_utf8_lossy(&output.stderr))),
    }
}
