# SPDX-License-Identifier: GPL-2.0-or-later
"""Machine folders as VirtualBox makes them: settings, disks in VDI."""

import uuid
from dataclasses import dataclass, field
from pathlib import Path
from xml.sax.saxutils import quoteattr

VDI_IMAGE_UUID = 0x188          # offset in the header of version 1.1

SETTINGS = '''<?xml version="1.0"?>
<!-- As VirtualBox 7 writes it -->
<VirtualBox xmlns="http://www.virtualbox.org/" version="1.19-linux">
  <Machine uuid="{{{uuid}}}" name={name} OSType={os_type}
      snapshotFolder="Snapshots" lastStateChange="2024-01-01T00:00:00Z">
    <MediaRegistry>
      <HardDisks>
{disks}
      </HardDisks>
      <DVDImages>
{cds}
      </DVDImages>
    </MediaRegistry>
    <Hardware>
      <CPU count="1">
        <PAE enabled="true"/>
        <LongMode enabled="true"/>
      </CPU>
      <Memory RAMSize="{memory}"/>
      <Chipset type="{chipset}"/>
      <Boot>
        <Order position="1" device="HardDisk"/>
        <Order position="2" device="None"/>
        <Order position="3" device="None"/>
        <Order position="4" device="None"/>
      </Boot>
      <Display controller="{display}" VRAMSize="16"/>
      <Firmware type="{firmware}"/>
      <BIOS>
        <ACPI enabled="true"/>
        <IOAPIC enabled="true"/>
      </BIOS>
      <RTC localOrUTC="UTC"/>
      <Network>
        <Adapter slot="0" enabled="true" MACAddress="080027123456"
            type="82540EM">
          <NAT/>
        </Adapter>
      </Network>
      <StorageControllers>
        <StorageController name="SCSI" type="{controller}" PortCount="16"
            useHostIOCache="false" Bootable="true">
{attached}
        </StorageController>
      </StorageControllers>
    </Hardware>
  </Machine>
</VirtualBox>
'''


def image_uuid(vdi):
    """The UUID in the header of an image."""
    with open(vdi, 'rb') as image:
        image.seek(VDI_IMAGE_UUID)
        return uuid.UUID(bytes_le=image.read(16))


@dataclass
class MachineFolder:
    """A machine with a BusLogic adapter; images are in the folder, too."""

    folder: Path
    name: str
    firmware: str = 'bios'          # or uefi
    os_type: str = 'Debian_64'
    memory: int = 512               # MiB
    controller: str = 'BusLogic'
    display: str = 'VBoxVGA'
    # By SCSI ID: images, each after the one that it is a difference to
    disks: dict[int, list[Path]] = field(default_factory=dict)
    cds: dict[int, Path] = field(default_factory=dict)

    def write(self):
        """The settings; returns their path."""
        uefi = self.firmware == 'uefi'
        cd_uuids = {scsi_id: uuid.uuid4() for scsi_id in self.cds}
        tops = {scsi_id: image_uuid(chain[-1])
                for scsi_id, chain in self.disks.items()}
        path = self.folder / f'{self.name}.vbox'
        path.write_text(SETTINGS.format(
            uuid=uuid.uuid4(), name=quoteattr(self.name),
            os_type=quoteattr(self.os_type), memory=self.memory,
            controller=self.controller, display=self.display,
            chipset='ICH9' if uefi else 'PIIX3',
            firmware='EFI' if uefi else 'BIOS',
            disks='\n'.join(map(self._disk, self.disks.values())),
            cds='\n'.join(
                f'<Image uuid="{{{cd_uuids[scsi_id]}}}" '
                f'location={self._location(path)}/>'
                for scsi_id, path in self.cds.items()),
            attached='\n'.join(
                [_attached('HardDisk', *item) for item in tops.items()] +
                [_attached('DVD', *item) for item in cd_uuids.items()])),
            encoding='utf-8')
        return path

    def _location(self, path):
        return quoteattr(str(path.relative_to(self.folder)))

    def _disk(self, chain):
        """Nested elements, as each is a difference to the one around it."""
        first, *rest = chain
        inner = f'\n{self._disk(rest)}\n' if rest else ''
        return (f'<HardDisk uuid="{{{image_uuid(first)}}}" format="VDI" '
                f'location={self._location(first)} type="Normal">{inner}'
                '</HardDisk>')


def _attached(kind, scsi_id, image):
    return (f'<AttachedDevice type="{kind}" hotpluggable="false" '
            f'port="{scsi_id}" device="0"><Image uuid="{{{image}}}"/>'
            '</AttachedDevice>')
