//! Addresses that are on more than one machine. The list is never complete; hosts add to it.

use super::policy::MacClass;

/// First octets of 48-bit addresses, how many bits of them count, class, reason.
#[rustfmt::skip]
pub(super) const BUILT_IN: &[(u64, u8, MacClass, &str)] = &[
    (0x0000_0000_0000, 48, MacClass::Null, "all zero: no address is set"),
    (0xffff_ffff_ffff, 48, MacClass::Broadcast, "the broadcast address"),
    (0x0000_5e00_0100, 40, MacClass::Vrrp, "virtual router (VRRP, IPv4)"),
    (0x0000_5e00_0200, 40, MacClass::Vrrp, "virtual router (VRRP, IPv6)"),
    (0x0000_0c07_ac00, 40, MacClass::Hsrp, "virtual router (HSRP version 1)"),
    (0x0000_0c9f_f000, 36, MacClass::Hsrp, "virtual router (HSRP version 2)"),
    (0x0005_73a0_0000, 36, MacClass::Hsrp, "virtual router (HSRP version 2, IPv6)"),
    (0x0007_b400_0000, 30, MacClass::Glbp, "virtual forwarder (GLBP)"),
    (0x0200_4c4f_4f50, 48, MacClass::Adapter, "Windows loopback adapter"),
    (0x0050_56c0_0000, 40, MacClass::Adapter, "VMware host adapter, the same on every host"),
    (0x0a00_2700_0000, 40, MacClass::Adapter, "VirtualBox host-only adapter, the same on every host"),
    (0x0200_4e43_5049, 48, MacClass::Adapter, "NCP VPN adapter"),
    (0x2041_5359_4eff, 48, MacClass::Adapter, "Windows asynchronous dial-up adapter"),
    (0x24b6_2052_4153, 48, MacClass::Adapter, "Windows remote access adapter"),
    (0x4445_5354_0000, 48, MacClass::Adapter, "Windows dial-up adapter"),
    (0x4445_5354_0001, 48, MacClass::Adapter, "Windows dial-up adapter"),
    (0x4445_5354_616f, 48, MacClass::Adapter, "Windows dial-up adapter"),
    (0x5050_5450_3030, 48, MacClass::Adapter, "Windows PPTP adapter"),
    (0xfeff_ffff_ffff, 48, MacClass::Listed, "Xen bridge port, the same on every host"),
    (0xeeee_eeee_eeee, 48, MacClass::Listed, "Calico container interface, the same on every host"),
    (0x00a0_c600_0000, 48, MacClass::Listed, "mobile modem without an address of its own"),
    (0x0280_37ec_0200, 48, MacClass::Listed, "mobile modem without an address of its own"),
    (0x1011_1111_1111, 48, MacClass::Listed, "placeholder of a board maker"),
    (0x0001_027d_9b1c, 48, MacClass::Listed, "on the shared block list of inventory tools"),
    (0x0008_a146_0635, 48, MacClass::Listed, "on the shared block list of inventory tools"),
    (0x0008_a166_e21a, 48, MacClass::Listed, "on the shared block list of inventory tools"),
    (0x0009_dd10_3768, 48, MacClass::Listed, "on the shared block list of inventory tools"),
    (0x000f_ea9a_e2f0, 48, MacClass::Listed, "on the shared block list of inventory tools"),
    (0x0010_5a72_71f3, 48, MacClass::Listed, "on the shared block list of inventory tools"),
    (0x0011_1185_088b, 48, MacClass::Listed, "on the shared block list of inventory tools"),
];

/// Which of these the reference run knows.
pub(super) const REFERENCE: [u64; 6] = [
    0x0000_0000_0000,
    0xffff_ffff_ffff,
    0x0000_5e00_0100,
    0x0000_5e00_0200,
    0x0000_0c07_ac00,
    0x0200_4c4f_4f50,
];
