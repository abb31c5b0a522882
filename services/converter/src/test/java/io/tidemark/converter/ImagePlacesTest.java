package io.tidemark.converter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.tidemark.hypervisor.Domain;
import io.tidemark.hypervisor.DomainXml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImagePlacesTest {
  @TempDir private Path directory;
  private ConverterConfig config;
  private Path image;

  @BeforeEach
  void configure() {
    config = new ConverterConfig(directory.resolve("state"), directory.resolve("host"));
    image = config.metadataImage("uuid", "vda");
  }

  @Test
  void anImageIsNamedByItsDisk() {
    assertThat(
            places(List.of(), domain(disk("vda", Path.of("/images/web.raw"))))
                .of(domain(""), "vda"))
        .isEqualTo(image);
  }

  @Test
  void aDiskThatWasRenamedKeepsItsImage() {
    Domain renamed = domain(disk("sda", image) + disk("vda", Path.of("/images/new.raw")));

    assertThat(places(List.of(), renamed).of(renamed, "vda"))
        .isEqualTo(image.resolveSibling("vda-2.qcow2"));
  }

  @Test
  void anImageThatTheRunningVmUsesIsLeftAlone() {
    Domain redefined =
        new Domain(
            "uuid",
            "web",
            Domain.State.RUNNING,
            xml(disk("vda", Path.of("/images/web.raw"))),
            Optional.of(xml(disk("vda", image))));

    assertThatThrownBy(() -> places(List.of(), redefined).of(redefined, "vda"))
        .isInstanceOf(ConversionRefused.class)
        .hasMessageContaining(image.toString())
        .hasMessageContaining("still uses");
  }

  @Test
  void aFileThatNobodyOfThisHostUsesIsRefusedUnlessTheConversionMadeIt() throws IOException {
    Files.createDirectories(image.getParent());
    Files.createFile(image);
    Domain domain = domain(disk("vda", Path.of("/images/web.raw")));

    assertThatThrownBy(() -> places(List.of(), domain).of(domain, "vda"))
        .isInstanceOf(ConversionRefused.class)
        .hasMessageContaining(image.toString())
        .hasMessageContaining("remove it");
    assertThat(places(List.of(image.toString()), domain).of(domain, "vda")).isEqualTo(image);
  }

  private ImagePlaces places(List<String> made, Domain domain) {
    return new ImagePlaces(config, List.of(domain), made);
  }

  private static Domain domain(String disks) {
    return new Domain("uuid", "web", Domain.State.SHUT_OFF, xml(disks), Optional.empty());
  }

  private static DomainXml xml(String disks) {
    return new DomainXml("<domain><devices>" + disks + "</devices></domain>");
  }

  private static String disk(String target, Path file) {
    return "<disk type='file'><driver type='raw'/><source file='%s'/><target dev='%s'/></disk>"
        .formatted(file, target);
  }
}
