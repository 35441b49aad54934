//! Values that fields of alert contexts take.

client_core::open_enum!(
    /// What happened to a piece of software.
    SoftwareAction {
        Installed = "INSTALLED",
        Uninstalled = "UNINSTALLED",
        VersionChanged = "VERSION_CHANGED",
    }
);

client_core::open_enum!(
    /// The state of the virus protection; other words than in a device's record.
    AntivirusState {
        NotDetected = "NOTDETECTED",
        NotRunning = "NOTRUNNING",
        RunningNotUpToDate = "RUNNINGNOTUPTODATE",
    }
);

client_core::open_enum!(
    /// What a value was measured of.
    Resource {
        Cpu = "CPU",
        Memory = "MEMORY",
        Temperature = "TEMPERATURE",
        Fan = "FAN",
        DiskHealth = "DISKHEALTH",
        PowerSupply = "PSU",
        SnmpThroughput = "SNMP_THROUGHPUT",
    }
);

client_core::open_enum!(
    /// What a threshold for a disk counts.
    DiskUnit {
        Percent = "PERCENT",
        Used = "USED",
        Free = "FREE",
    }
);

client_core::open_enum!(
    /// Which volumes a monitor looks at.
    VolumeDesignation {
        AnyVolume = "ANY_VOLUME",
        AllVolumes = "ALL_VOLUMES",
        SingleVolume = "SINGLE_VOLUME",
    }
);

client_core::open_enum!(
    /// What stands at a path.
    FileObject {
        File = "FILE",
        Directory = "DIRECTORY",
    }
);

client_core::open_enum!(
    /// What a monitor found at a path.
    FileCondition {
        AboveThreshold = "ABOVE_THRESHOLD",
        BelowThreshold = "BELOW_THRESHOLD",
        Removed = "REMOVED",
        Created = "CREATED",
    }
);

client_core::open_enum!(
    /// Whether a device is online. See [`OnlineOfflineContext::is_online`](super::OnlineOfflineContext::is_online), which takes any case.
    OnlineOffline {
        Online = "ONLINE",
        Offline = "OFFLINE",
    }
);

client_core::open_enum!(
    /// The state of a process or service.
    ProcessStatus {
        Stopped = "STOPPED",
        StartPending = "STARTPENDING",
        StopPending = "STOPPENDING",
        Running = "RUNNING",
        ContinuePending = "CONTINUEPENDING",
        PausePending = "PAUSEPENDING",
        Paused = "PAUSED",
    }
);

client_core::open_enum!(
    /// What is wrong with a product in the Windows security center.
    SecurityCenterAlert {
        Disabled = "DISABLED",
        NotUpToDate = "NOT_UPTODATE",
    }
);
