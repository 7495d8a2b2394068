/**
 * Audits of one picture: the images that scores name are left out, models are trained again, and
 * what becomes of the picture is compared with as many random images and with another training
 * seed. {@link io.journey.evaluation.audit.AuditRun} is the stage.
 */
package io.journey.evaluation.audit;
