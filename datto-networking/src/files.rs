//! Files of a network's splash pages.

use std::fmt;

use client_core::{Call, Error, Operation};
use serde::Serialize;

use crate::answer;
use crate::client::Client;
use crate::lenient::{lenient, nested, record};
use crate::networks::{NetworkId, NetworkScope};

pub(crate) const CREATE: Operation =
    Operation::post("network_files.create", "/network/{network}/file");
pub(crate) const DELETE: Operation =
    Operation::delete("network_files.delete", "/network/{network}/file/{file}");

client_core::id!(
    /// Identifies a file of a splash page.
    FileId
);
client_core::open_enum!(
    /// What a file of a splash page is for.
    FileRole { Image = "image", Page = "page", File = "file" }
);
lenient!(text FileId, FileRole);

record! {
    /// Where a file went.
    pub struct CreatedFile {
        /// Its id.
        file_id: FileId,
        /// Where it can be fetched.
        url: String,
    }
}
nested!(CreatedFile);

/// A file to be uploaded. `Debug` shows the size of its content.
#[derive(Clone, PartialEq, Eq)]
pub struct NewFile {
    ssid: u8,
    name: String,
    role: FileRole,
    content: Vec<u8>,
}

#[derive(Serialize)]
struct Body<'f> {
    ssid_id: u8,
    name: &'f str,
    role: &'f FileRole,
    file: String,
}

impl NewFile {
    /// A file of the splash page of SSID number `ssid`, 1 to 4. The vendor has an unpublished maximum of the size.
    #[must_use]
    pub fn new(
        ssid: u8,
        name: impl Into<String>,
        role: FileRole,
        content: impl Into<Vec<u8>>,
    ) -> Self {
        Self {
            ssid,
            name: name.into(),
            role,
            content: content.into(),
        }
    }
}

impl fmt::Debug for NewFile {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewFile")
            .field("ssid", &self.ssid)
            .field("name", &self.name)
            .field("role", &self.role)
            .field("bytes", &self.content.len())
            .finish()
    }
}

/// The files of one network; made by [`NetworkScope::files`].
#[derive(Debug, Clone, Copy)]
pub struct Files<'c> {
    client: &'c Client,
    network: NetworkId,
}

impl<'c> NetworkScope<'c> {
    /// The files of the network's splash pages. They are listed by the settings of their SSID.
    pub fn files(self) -> Files<'c> {
        Files {
            client: self.client,
            network: self.id,
        }
    }
}

impl Files<'_> {
    /// Uploads a file.
    ///
    /// ```no_run
    /// use datto_networking::files::{FileRole, NewFile};
    ///
    /// # async fn run(client: datto_networking::Client, logo: Vec<u8>) -> Result<(), client_core::Error> {
    /// let file = NewFile::new(1, "logo.png", FileRole::Image, logo);
    /// println!("{:?}", client.network(204_511.into()).files().create(&file).await?.url);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// [`InvalidInput`](client_core::ErrorKind::InvalidInput) for a file that is too large, nameless or empty; any other
    /// kind.
    pub async fn create(self, file: &NewFile) -> Result<CreatedFile, Error> {
        self.client.call(create(self.network, file)).await
    }

    /// Deletes a file.
    ///
    /// ```no_run
    /// # async fn run(client: datto_networking::Client) -> Result<(), client_core::Error> {
    /// client.network(204_511.into()).files().delete(&"17".into()).await?;
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    ///
    /// Any kind; not [`NotFound`](client_core::ErrorKind::NotFound) if an earlier attempt of this call may have deleted
    /// it.
    pub async fn delete(self, file: &FileId) -> Result<(), Error> {
        let call = Call::unit(&DELETE, [&self.network.to_string(), file.as_str()]);
        answer::deleted(self.client.call(call).await)
    }
}

fn create(network: NetworkId, file: &NewFile) -> Call<CreatedFile> {
    let body = Body {
        ssid_id: file.ssid,
        name: &file.name,
        role: &file.role,
        file: client_core::base64(&file.content),
    };
    Call::decoded_by(&CREATE, [&network.to_string()], |raw| {
        answer::record(&raw.body, "a created file")
    })
    .json(&body)
    .refuse_if(file.name.trim().is_empty(), "a file needs a name")
    .refuse_if(file.content.is_empty(), "the file is empty")
    .refuse_if(
        !(1..=4).contains(&file.ssid),
        "an SSID has a number from 1 to 4",
    )
}

#[cfg(test)]
mod tests {
    use client_core::ErrorKind;

    use super::{FileRole, NewFile, create};

    #[test]
    fn unusable_files_are_refused() {
        let check = |ssid, name: &str, content: &[u8]| {
            let file = NewFile::new(ssid, name, FileRole::Page, content);
            create(1.into(), &file)
                .check()
                .map_err(|error| error.kind())
        };
        assert_eq!(check(4, "a", b"x"), Ok(()));
        for (ssid, name, content) in [
            (0, "a", b"x".as_slice()),
            (5, "a", b"x"),
            (1, " ", b"x"),
            (1, "a", b""),
        ] {
            assert_eq!(
                check(ssid, name, content),
                Err(ErrorKind::InvalidInput),
                "{ssid} {name}"
            );
        }
    }
}
