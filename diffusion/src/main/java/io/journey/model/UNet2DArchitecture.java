package io.journey.model;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** diffusers' {@code UNet2DModel}. */
public final class UNet2DArchitecture implements Architecture {
  static final String CLASS_NAME = "UNet2DModel";

  @Override
  public String className() {
    return CLASS_NAME;
  }

  @Override
  public UNet2DConfig config(ObjectNode json, String where) {
    return UNet2DConfig.fromDiffusers(json, where);
  }
}
