//! derive's change file against a directory that we did not write: `slapd`, with its `ldapsearch` and its `ldapmodify`.

use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use crate::support::{imctl, program};

/// The attributes of Exchange that matter here, under the enterprise number that is meant for examples (RFC 5612).
const SCHEMA: &str = "\
attributetype ( 1.3.6.1.4.1.32473.1.1 NAME 'proxyAddresses' EQUALITY caseExactMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 )
attributetype ( 1.3.6.1.4.1.32473.1.2 NAME 'mailNickname' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
attributetype ( 1.3.6.1.4.1.32473.1.3 NAME 'msExchIMAddress' EQUALITY caseIgnoreMatch SYNTAX 1.3.6.1.4.1.1466.115.121.1.15 SINGLE-VALUE )
objectclass ( 1.3.6.1.4.1.32473.2.1 NAME 'mailRecipient' SUP top AUXILIARY MAY ( proxyAddresses $ mailNickname $ msExchIMAddress ) )
";

/// People whose names and addresses take every way through LDIF: plain, folded, base64; one has an IM address already, one no mail.
const PEOPLE: &str = "\
dn: dc=example,dc=com
objectClass: domain
dc: example

dn: cn=Ann Lee,dc=example,dc=com
objectClass: inetOrgPerson
objectClass: mailRecipient
sn: Lee
mail: ann.lee@example.com
proxyAddresses: SMTP:ann.lee@example.com
proxyAddresses: smtp:a.very.long.alias.name.that.makes.ldapsearch.fold.its.line.somewhere@mail.example.com

dn: cn=Jörg Müller\\, jun.,dc=example,dc=com
objectClass: inetOrgPerson
objectClass: mailRecipient
sn: Müller
proxyAddresses: SMTP:joerg@bücher.example
msExchIMAddress: old@im.example.com

dn: cn=Ümit,dc=example,dc=com
objectClass: inetOrgPerson
objectClass: mailRecipient
sn: Ü
proxyAddresses: SMTP:ümit@example.com

dn: cn=Eve,dc=example,dc=com
objectClass: inetOrgPerson
objectClass: mailRecipient
sn: Ray
proxyAddresses: smtp:eve@example.com
";

/// A directory behind a socket in a folder of its own.
struct Directory {
    server: Child,
    url: String,
}

impl Drop for Directory {
    fn drop(&mut self) {
        let _ = self.server.kill();
        let _ = self.server.wait();
    }
}

impl Directory {
    /// Starts one; `None` where its programs are not installed.
    fn start(folder: &Path) -> Option<Self> {
        let (slapd, _) = (program("slapd")?, (program("ldapmodify")?, program("ldapsearch")?));
        let path = folder.display();
        fs::create_dir(folder.join("db")).expect("a folder");
        fs::write(folder.join("exchange.schema"), SCHEMA).expect("written");
        let shipped = ["core", "cosine", "inetorgperson"].map(|name| format!("include /etc/ldap/schema/{name}.schema\n")).concat();
        let config = format!(
            "{shipped}include {path}/exchange.schema\npidfile {path}/pid\nmodulepath /usr/lib/ldap\nmoduleload back_mdb\n\
             database mdb\nsuffix dc=example,dc=com\nrootdn cn=admin,dc=example,dc=com\nrootpw secret\ndirectory {path}/db\n"
        );
        fs::write(folder.join("slapd.conf"), config).expect("written");
        let url = format!("ldapi://{}", folder.join("socket").display().to_string().replace('/', "%2F"));
        let mut command = Command::new(slapd);
        // `-d` keeps it in the foreground.
        command.args(["-d", "0", "-h", &url, "-f"]).arg(folder.join("slapd.conf"));
        let server = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("slapd starts");
        let directory = Self { server, url };
        let until = Instant::now() + Duration::from_secs(20);
        while !directory.run("ldapsearch", &["-LLL", "-s", "base", "-b", "", "1.1"]).status.success() {
            assert!(Instant::now() < until, "slapd does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
        Some(directory)
    }

    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        let bind = ["-x", "-D", "cn=admin,dc=example,dc=com", "-w", "secret", "-H", &self.url];
        Command::new(program).args(bind).args(arguments).output().expect("the program runs")
    }

    /// What the directory holds about people, as `ldapsearch` writes it.
    fn export(&self) -> Vec<u8> {
        let output = self.run("ldapsearch", &["-LLL", "-b", "dc=example,dc=com", "(objectClass=mailRecipient)"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    /// Applies a file of changes, all of which must be accepted.
    fn change(&self, file: &Path, arguments: &[&str]) {
        let output = self.run("ldapmodify", &[arguments, &["-f", &file.display().to_string()]].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
}

fn derive(arguments: &[&str], list: Vec<u8>) -> (i32, String, String) {
    let output = imctl().arg("derive").args(arguments).write_stdin(list).output().expect("the program runs");
    let text = |octets| String::from_utf8(octets).expect("UTF-8");
    (output.status.code().expect("a status"), text(output.stdout), text(output.stderr))
}

#[test]
fn a_directory_takes_the_change_file_and_then_agrees() {
    let folder = tempfile::tempdir().expect("a folder");
    let Some(directory) = Directory::start(folder.path()) else { return };
    let people = folder.path().join("people.ldif");
    // What is not ASCII would have to be base64; ldapmodify reads UTF-8 in values as it stands, in names it must be escaped.
    fs::write(&people, PEOPLE.replace("Jörg Müller", "J\\C3\\B6rg M\\C3\\BCller").replace("cn=Ümit", "cn=\\C3\\9Cmit"))
        .expect("written");
    directory.change(&people, &["-a"]);

    let (status, changes, said) = derive(&["--format", "ldif"], directory.export());
    assert_eq!(status, 1, "{said}");
    assert_eq!(said.matches("directory-mismatch").count(), 1, "{said}");
    assert_eq!(said.matches("no-primary-address").count(), 1, "{said}");
    let file = folder.path().join("changes.ldif");
    fs::write(&file, &changes).expect("written");
    directory.change(&file, &[]);

    let (_, addresses, said) = derive(&["-q", "--column", "msExchIMAddress", "--prefix", ""], directory.export());
    let mut addresses: Vec<&str> = addresses.lines().collect();
    addresses.sort_unstable();
    assert_eq!(addresses, ["ann.lee@im.example.com", "joerg@im.xn--bcher-kva.example", "ümit@im.example.com"], "{said}");
    // A second run finds nothing to change, and the same file is accepted again.
    let (_, again, said) = derive(&["--format", "ldif"], directory.export());
    assert!(again == changes && !said.contains("directory-mismatch"), "{said}");
    directory.change(&file, &[]);
}
