package io.journey.model;

import com.fasterxml.jackson.databind.node.ObjectNode;

/** diffusers' {@code UNet2DConditionModel}. */
public final class UNet2DConditionArchitecture implements Architecture {
  /** What diffusers calls it. */
  public static final String CLASS_NAME = "UNet2DConditionModel";

  @Override
  public String className() {
    return CLASS_NAME;
  }

  @Override
  public UNet2DConditionConfig config(ObjectNode json, String where) {
    return UNet2DConditionConfig.fromDiffusers(json, where);
  }
}
