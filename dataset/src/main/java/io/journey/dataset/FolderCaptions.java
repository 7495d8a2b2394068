package io.journey.dataset;

import io.journey.run.JourneyException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * The captions of an image folder: tables {@code metadata.jsonl} or {@code metadata.csv}, as the
 * {@code datasets} library has them, or files of text that lie beside the images.
 */
final class FolderCaptions implements CaptionSource {
  /** Endings of files beside an image that hold its captions. */
  static final List<String> ENDINGS = List.of("txt", "caption");

  private static final String JSON_LINES = "metadata.jsonl";
  private static final String CSV = "metadata.csv";

  private final CaptionFiles files;

  FolderCaptions(DatasetSpec spec) {
    this.files = new CaptionFiles(spec);
  }

  @Override
  public void read(List<StoredExample> examples, CaptionCollector captions) {
    Map<String, Integer> ids = new HashMap<>();
    Set<String> folders = new TreeSet<>(CodePoints::compare);
    for (int i = 0; i < examples.size(); i++) {
      String id = examples.get(i).id();
      ids.put(id, i);
      for (int end = id.lastIndexOf('/'); end > 0 && folders.add(id.substring(0, end)); ) {
        end = id.lastIndexOf('/', end - 1);
      }
    }
    folders.add("");
    boolean found = false;
    for (String folder : folders) {
      found |= readTable(folder, ids, captions);
    }
    if (!found) {
      readBeside(examples, captions);
    }
  }

  /** Returns whether there is a table with captions. */
  private boolean readTable(String folder, Map<String, Integer> ids, CaptionCollector captions) {
    Path lines = files.resolve(folder).resolve(JSON_LINES);
    Path csv = files.resolve(folder).resolve(CSV);
    boolean json = CaptionFiles.isThere(lines);
    if (json && CaptionFiles.isThere(csv)) {
      throw new JourneyException(
          lines.getParent() + " holds both " + JSON_LINES + " and " + CSV + ": keep one of them.");
    }
    if (!json && !CaptionFiles.isThere(csv)) {
      return false;
    }
    UnaryOperator<String> below = name -> folder.isEmpty() ? name : folder + "/" + name;
    MetadataTable table = new MetadataTable(files.open(json ? lines : csv), captions.column());
    long[] missing = {0};
    table.read(
        json,
        (name, texts) -> {
          Integer index = ids.get(below.apply(CaptionFiles.confined(name, table.file())));
          if (index == null) {
            missing[0]++;
          } else {
            texts.forEach(text -> captions.add(index, text, table.file().toString()));
          }
        });
    String name = below.apply(json ? JSON_LINES : CSV);
    captions.remark(name + " has", missing[0], "rows", "of images that are not read");
    return table.hasCaptions();
  }

  private void readBeside(List<StoredExample> examples, CaptionCollector captions) {
    List<String> endings = captions.column().map(List::of).orElse(ENDINGS);
    for (int i = 0; i < examples.size(); i++) {
      if (examples.get(i).image() instanceof StoredImage.InFile image) {
        Path file = image.file().path();
        String name = file.getFileName().toString();
        String stem = name.substring(0, name.lastIndexOf('.') + 1);
        List<Path> beside = new ArrayList<>();
        for (String ending : endings) {
          Path sidecar = file.resolveSibling(stem + ending);
          if (CaptionFiles.isThere(sidecar)) {
            beside.add(sidecar);
          }
        }
        if (beside.size() > 1) {
          throw new JourneyException(
              file
                  + " has captions in both "
                  + beside.get(0).getFileName()
                  + " and "
                  + beside.get(1).getFileName()
                  + ": say which with caption="
                  + endings.get(0)
                  + " or caption="
                  + endings.get(1)
                  + ".");
        }
        for (Path sidecar : beside) {
          captions.addLines(i, files.text(sidecar), sidecar.toString());
        }
      }
    }
  }
}
