//! Whole records, with the names and types of the vendor's description.

use datto_rmm::account::Account;
use datto_rmm::activity_logs::ActivityLog;
use datto_rmm::alerts::Alert;
use datto_rmm::audits::{DeviceAudit, EsxiHostAudit, PrinterAudit, Software};
use datto_rmm::components::Component;
use datto_rmm::devices::{Device, DeviceInterfaces, DeviceV3};
use datto_rmm::dnet_site_mappings::DnetSiteMapping;
use datto_rmm::filters::Filter;
use datto_rmm::jobs::{CreatedJob, Job, JobComponent, JobResults, JobStdData};
use datto_rmm::patches::{Patch, SitePatch};
use datto_rmm::sites::{Site, SiteSettings};
use datto_rmm::system::{Pagination, RateStatus, Status};
use datto_rmm::users::AuthUser;
use datto_rmm::variables::Variable;

use super::whole;

#[test]
fn every_documented_field_of_a_record_is_read() {
    whole::<Account>(
        r#"{"id":11,"name":"name 12","descriptor":{"bilingEmail":"bilingEmail 13","deviceLimit":14,
    "timeZone":"timeZone 15"},"uid":"uid 16","currency":"currency 17","devicesStatus":{"numberOfDevices":18,
    "numberOfOnlineDevices":19,"numberOfOfflineDevices":20,"numberOfOnDemandDevices":21,
    "numberOfManagedDevices":22}}"#,
    );
    whole::<Site>(
        r#"{"id":23,"uid":"uid 24","accountUid":"accountUid 25","name":"name 26","description":"description 27",
    "notes":"notes 28","onDemand":true,"splashtopAutoInstall":true,"proxySettings":{"host":"host 29",
    "password":"password 30","port":31,"type":"http","username":"username 32"},
    "devicesStatus":{"numberOfDevices":33,"numberOfOnlineDevices":34,"numberOfOfflineDevices":35},
    "autotaskCompanyName":"autotaskCompanyName 36","autotaskCompanyId":"autotaskCompanyId 37",
    "portalUrl":"portalUrl 38"}"#,
    );
    whole::<SiteSettings>(
        r#"{"generalSettings":{"name":"name 39","uid":"uid 40","description":"description 41","onDemand":true},
    "proxySettings":{"host":"host 42","password":"password 43","port":44,"type":"http","username":"username 45"},
    "mailRecipients":[{"name":"name 46","email":"email 47","type":"type 48","receives":49,"receivesNewDevices":true,
    "receivesAlerts":true,"receivesReports":true}]}"#,
    );
    whole::<Device>(
        r#"{"id":50,"uid":"uid 51","siteId":52,"siteUid":"siteUid 53","siteName":"siteName 54",
    "deviceType":{"category":"category 55","type":"type 56"},"hostname":"hostname 57",
    "intIpAddress":"intIpAddress 58","operatingSystem":"operatingSystem 59",
    "lastLoggedInUser":"lastLoggedInUser 60","domain":"domain 61","cagVersion":"cagVersion 62",
    "displayVersion":"displayVersion 63","extIpAddress":"extIpAddress 64","description":"description 65",
    "a64Bit":true,"rebootRequired":true,"online":true,"suspended":true,"deleted":true,
    "lastSeen":"2026-01-01T00:00:06Z","lastReboot":"2026-01-01T00:00:07Z","lastAuditDate":"2026-01-01T00:00:08Z",
    "creationDate":"2026-01-01T00:00:09Z","snmpEnabled":true,"deviceClass":"device","portalUrl":"portalUrl 70",
    "warrantyDate":"warrantyDate 71","antivirus":{"antivirusProduct":"antivirusProduct 72",
    "antivirusStatus":"RunningAndUpToDate"},"patchManagement":{"patchStatus":"NoPolicy","patchesApprovedPending":73,
    "patchesNotApproved":74,"patchesInstalled":75},"softwareStatus":"softwareStatus 76",
    "webRemoteUrl":"webRemoteUrl 77","networkProbe":true,"onboardedViaNetworkMonitor":true,"udf":{"udf1":"first",
    "udf300":"last"}}"#,
    );
    whole::<DeviceV3>(
        r#"{"id":78,"uid":"uid 79","siteId":80,"siteUid":"siteUid 81","siteName":"siteName 82",
    "deviceType":{"category":"category 83","type":"type 84"},"hostname":"hostname 85",
    "intIpAddress":"intIpAddress 86","operatingSystem":"operatingSystem 87",
    "lastLoggedInUser":"lastLoggedInUser 88","domain":"domain 89","cagVersion":"cagVersion 90",
    "displayVersion":"displayVersion 91","extIpAddress":"extIpAddress 92","description":"description 93",
    "a64Bit":true,"rebootRequired":true,"online":true,"suspended":true,"deleted":true,
    "lastSeen":"2026-01-01T00:00:34Z","lastReboot":"2026-01-01T00:00:35Z","lastAuditDate":"2026-01-01T00:00:36Z",
    "creationDate":"2026-01-01T00:00:37Z","snmpEnabled":true,"deviceClass":"device","portalUrl":"portalUrl 98",
    "warrantyDate":"warrantyDate 99","antivirus":{"antivirusProduct":"antivirusProduct 100",
    "antivirusStatus":"RunningAndUpToDate"},"patchManagement":{"patchStatus":"NoPolicy",
    "patchesApprovedPending":101,"patchesNotApproved":102,"patchesInstalled":103},
    "softwareStatus":"softwareStatus 104","webRemoteUrl":"webRemoteUrl 105","networkProbe":true,
    "onboardedViaNetworkMonitor":true,"udfs":[{"ordinal":106,"type":"STRING","valueBoolean":true,
    "valueString":"valueString 107","valueDate":"2026-01-31","valueNumber":108.5,"label":"label 109",
    "typeMisMatch":true}]}"#,
    );
    whole::<DeviceInterfaces>(
        r#"{"id":110,"uid":"uid 111","siteId":112,"siteUid":"siteUid 113","siteName":"siteName 114",
    "deviceType":{"category":"category 115","type":"type 116"},"hostname":"hostname 117",
    "intIpAddress":"intIpAddress 118","extIpAddress":"extIpAddress 119","nics":[{"instance":"instance 120",
    "ipv4":"ipv4 121","ipv6":"ipv6 122","macAddress":"macAddress 123","type":"type 124"}]}"#,
    );
    whole::<Filter>(
        r#"{"id":125,"name":"name 126","description":"description 127","type":"rmm_default",
    "dateCreate":"2026-01-01T00:00:08Z","lastUpdated":"2026-01-01T00:00:09Z"}"#,
    );
    whole::<Variable>(r#"{"id":130,"name":"name 131","value":"value 132","masked":false}"#);
    whole::<Alert>(
        r#"{"alertUid":"alertUid 133","priority":"Critical","diagnostics":"diagnostics 134","resolved":true,
    "resolvedBy":"resolvedBy 135","resolvedOn":"2026-01-01T00:00:16Z","muted":true,
    "ticketNumber":"ticketNumber 137","timestamp":"2026-01-01T00:00:18Z","alertMonitorInfo":{"sendsEmails":true,
    "createsTicket":true},"alertContext":{"@class":"wmi_ctx","value":"an answer"},
    "alertSourceInfo":{"deviceUid":"deviceUid 139","deviceName":"deviceName 140","siteUid":"siteUid 141",
    "siteName":"siteName 142"},"responseActions":[{"actionTime":"2026-01-01T00:00:23Z","actionType":"EMAIL_SENT",
    "description":"description 144","actionReference":"actionReference 145",
    "actionReferenceInt":"actionReferenceInt 146"}],"autoresolveMins":147}"#,
    );
    whole::<DeviceAudit>(
        r#"{"portalUrl":"portalUrl 148","webRemoteUrl":"webRemoteUrl 149","systemInfo":{"manufacturer":"manufacturer 150",
    "model":"model 151","totalPhysicalMemory":152,"username":"username 153","dotNetVersion":"dotNetVersion 154",
    "totalCpuCores":155},"nics":[{"instance":"instance 156","ipv4":"ipv4 157","ipv6":"ipv6 158",
    "macAddress":"macAddress 159","type":"type 160"}],"bios":{"instance":"instance 161",
    "releaseDate":"2026-01-01T00:00:42Z","serialNumber":"serialNumber 163","smBiosVersion":"smBiosVersion 164"},
    "baseBoard":{"manufacturer":"manufacturer 165","product":"product 166"},"displays":[{"instance":"instance 167",
    "screenHeight":168,"screenWidth":169}],"logicalDisks":[{"description":"description 170",
    "diskIdentifier":"diskIdentifier 171","freespace":172,"size":173}],"mobileInfo":[{"iccid":"iccid 174",
    "imei":"imei 175","number":"number 176","operator":"operator 177"}],"processors":[{"name":"name 178"}],
    "videoBoards":[{"displayAdapter":"displayAdapter 179"}],"attachedDevices":[{"deviceName":"deviceName 180",
    "deviceType":"deviceType 181","driverFile":"driverFile 182","driverFileLastModified":"2026-01-01T00:00:03Z",
    "driverManufacturer":"driverManufacturer 184","driverName":"driverName 185","driverVersion":"driverVersion 186",
    "portName":"portName 187"}],"snmpInfo":{"snmpName":"snmpName 188","snmpContact":"snmpContact 189",
    "snmpDescription":"snmpDescription 190","snmpLocation":"snmpLocation 191","snmpUptime":"snmpUptime 192",
    "nicManufacturer":"nicManufacturer 193","objectId":"objectId 194","snmpSerial":"snmpSerial 195"},
    "physicalMemory":[{"module":"module 196","size":197,"type":"type 198","speed":"speed 199",
    "serialNumber":"serialNumber 200","partNumber":"partNumber 201","bank":"bank 202"}]}"#,
    );
    whole::<Software>(r#"{"name":"name 203","version":"version 204"}"#);
    whole::<EsxiHostAudit>(
        r#"{"portalUrl":"portalUrl 205","systemInfo":{"manufacturer":"manufacturer 206","model":"model 207",
    "name":"name 208","numberOfSnapshots":209,"serviceTag":"serviceTag 210"},"guests":[{"guestName":"guestName 211",
    "processorSpeedTotal":212,"memorySizeTotal":213,"numberOfSnapshots":214,"datastores":"datastores 215"}],
    "processors":[{"frequency":216.5,"name":"name 217","numberOfCores":218}],"nics":[{"name":"name 219",
    "ipv4":"ipv4 220","ipv6":"ipv6 221","macAddress":"macAddress 222","speed":"speed 223","type":"type 224"}],
    "physicalMemory":[{"module":"module 225","size":226,"type":"type 227","speed":"speed 228",
    "serialNumber":"serialNumber 229","partNumber":"partNumber 230","bank":"bank 231"}],
    "datastores":[{"datastoreName":"datastoreName 232","subscriptionPercent":233,"freeSpace":234,"size":235,
    "fileSystem":"fileSystem 236","status":"status 237","dataExtents":[{"name":"name 238","size":239,
    "mediaType":"mediaType 240","status":"status 241"}]}]}"#,
    );
    whole::<PrinterAudit>(
        r#"{"portalUrl":"portalUrl 242","snmpInfo":{"snmpName":"snmpName 243","snmpContact":"snmpContact 244",
    "snmpDescription":"snmpDescription 245","snmpLocation":"snmpLocation 246","snmpUptime":"snmpUptime 247",
    "nicManufacturer":"nicManufacturer 248","objectId":"objectId 249","snmpSerial":"snmpSerial 250"},
    "printerMarkerSupplies":[{"description":"description 251","maxCapacity":"maxCapacity 252",
    "suppliesLevel":"suppliesLevel 253"}],"printer":{"printedPageCount":254},
    "systemInfo":{"manufacturer":"manufacturer 255","model":"model 256"},"nics":[{"instance":"instance 257",
    "ipv4":"ipv4 258","ipv6":"ipv6 259","macAddress":"macAddress 260","type":"type 261"}]}"#,
    );
    whole::<Patch>(
        r#"{"patchId":"patchId 262","category":["category 263"],"type":"SOFTWARE","title":"title 264",
    "description":"description 265","releaseDate":"2026-01-13","severity":"CRITICAL","maxSize":267,
    "rebootRequired":true,"requireUserInput":true,"kbArticleId":"kbArticleId 268","installStatus":"INSTALLED",
    "manualOverride":true}"#,
    );
    whole::<SitePatch>(
        r#"{"patchId":"patchId 269","category":["category 270"],"type":"SOFTWARE","title":"title 271",
    "description":"description 272","releaseDate":"2026-01-14","severity":"CRITICAL","maxSize":274,
    "rebootRequired":true,"requireUserInput":true,"kbArticleId":"kbArticleId 275","installStatus":"INSTALLED",
    "totalDevices":276}"#,
    );
    whole::<Component>(
        r#"{"id":277,"credentialsRequired":true,"uid":"uid 278","name":"name 279","description":"description 280",
    "categoryCode":"categoryCode 281","variables":[{"name":"name 282","defaultVal":"defaultVal 283",
    "type":"type 284","direction":true,"description":"description 285","variablesIdx":286}]}"#,
    );
    whole::<CreatedJob>(
        r#"{"jobComponents":[{"uid":"uid 287","name":"name 288","variables":[{"name":"name 289","value":"value 290"}]}],
    "job":{"id":291,"dateCreated":"2026-01-01T00:00:52Z","name":"name 293","uid":"uid 294","status":"active"}}"#,
    );
    whole::<Job>(
        r#"{"id":295,"dateCreated":"2026-01-01T00:00:56Z","name":"name 297","uid":"uid 298","status":"active"}"#,
    );
    whole::<JobComponent>(
        r#"{"uid":"uid 299","name":"name 300","variables":[{"name":"name 301","value":"value 302"}]}"#,
    );
    whole::<JobResults>(
        r#"{"jobUid":"jobUid 303","deviceUid":"deviceUid 304","ranOn":"2026-01-01T00:00:05Z",
    "jobDeploymentStatus":"Expired","componentResults":[{"componentUid":"componentUid 306",
    "componentName":"componentName 307","componentStatus":"Success","numberOfWarnings":308,"hasStdOut":true,
    "hasStdErr":true}]}"#,
    );
    whole::<JobStdData>(
        r#"{"componentUid":"componentUid 309","componentName":"componentName 310","stdData":"stdData 311"}"#,
    );
    whole::<ActivityLog>(
        r#"{"id":"id 312","entity":"DEVICE","category":"category 313","action":"action 314","date":1767225600.714,
    "site":{"id":315,"name":"name 316"},"deviceId":317,"hostname":"hostname 318","user":{"id":319,
    "userName":"userName 320","firstName":"firstName 321","lastName":"lastName 322"},
    "details":"{\"job.status\":\"completed\"}","hasStdOut":true,"hasStdErr":true}"#,
    );
    whole::<AuthUser>(
        r#"{"lastName":"lastName 323","firstName":"firstName 324","username":"username 325","email":"email 326",
    "telephone":"telephone 327","status":"status 328","created":"2026-01-01T00:00:29Z",
    "lastAccess":"2026-01-01T00:00:30Z","disabled":true}"#,
    );
    whole::<DnetSiteMapping>(
        r#"{"id":331,"uid":"uid 332","accountUid":"accountUid 333","name":"name 334","description":"description 335",
    "dattoNetworkingNetworkIds":[336],"portalUrl":"portalUrl 337"}"#,
    );
    whole::<Status>(
        r#"{"version":"version 338","status":"status 339","started":"2026-01-01T00:00:40Z"}"#,
    );
    whole::<RateStatus>(
        r#"{"slidingTimeWindowSizeSeconds":341,"accountUid":"accountUid 342","accountCount":343,"accountRateLimit":344,
    "accountCutOffRatio":345.5,"accountWriteRateLimit":346,"accountWriteCount":347,
    "operationWriteStatus":{"site-create":{"limit":348,"count":349}}}"#,
    );
    whole::<Pagination>(r#"{"max":350}"#);
}
