package io.journey.run;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The resources that the tasks of one list have opened in this process so far. */
final class Resources implements AutoCloseable {
  private final Map<String, AutoCloseable> byKey = new HashMap<>();
  private final List<AutoCloseable> opened = new ArrayList<>();

  /** While one is opened the others wait: it takes the whole machine's memory bandwidth. */
  @SuppressWarnings("unchecked") // A key stands for one resource, and so for one type.
  synchronized <T extends AutoCloseable> T open(Resource<T> resource) {
    AutoCloseable found = byKey.get(resource.key());
    if (found == null) {
      found = resource.open();
      byKey.put(resource.key(), found);
      opened.add(found);
    }
    return (T) found;
  }

  @Override
  public void close() {
    for (int i = opened.size() - 1; i >= 0; i--) {
      try {
        opened.get(i).close();
      } catch (Exception e) {
        throw new IllegalStateException("a resource that tasks used could not be closed", e);
      }
    }
  }
}
