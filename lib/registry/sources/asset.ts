import { existsSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { IgnoreMode, aws_s3_assets as assets } from 'aws-cdk-lib';
import { objectSource } from './bucket';
import { checkPattern, ContainersError } from '../../rules/errors';
import type { AssetSourceOptions, ImageSourceKind } from '../image-source';

export function assetSource(path: string, { exclude = [] }: AssetSourceOptions): ImageSourceKind {
  checkPattern('the path of ImageSource.asset', path, /./, "a directory such as './web'");
  if (!existsSync(path) || !statSync(path).isDirectory()) {
    throw new ContainersError(
      `the path of ImageSource.asset must be a directory, got '${path}' (${resolve(path)}), which is none`,
    );
  }
  return {
    bind(scope, { grantee, dockerfile }) {
      if (!existsSync(join(path, dockerfile))) {
        throw new ContainersError(
          `the directory of ImageSource.asset must have the file '${dockerfile}', got '${path}' without it: name another with directory and dockerfile`,
        );
      }
      const asset = new assets.Asset(scope, 'Source', {
        path,
        exclude: exclude.length > 0 ? [...exclude, `!${dockerfile}`] : undefined,
        ignoreMode: IgnoreMode.DOCKER,
      });
      return { ...objectSource(asset.bucket, asset.s3ObjectKey, grantee), contentHash: asset.assetHash };
    },
  };
}
