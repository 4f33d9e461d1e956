import { Fixture, IMAGE } from './fixture';
import type { Template } from './fixture';
import { SharedFileSystem } from '../../lib';
import type { EfsMountOptions, Mount } from '../../lib';

/** A fixture with a file system. */
export class Files extends Fixture {
  public readonly uploads = new SharedFileSystem(this.stack, 'Uploads', { vpc: this.vpc });

  /** A web service with mounts. */
  public mounting(mounts: Mount[], id = 'Web', user?: string) {
    return this.web({ container: { image: IMAGE, mounts, user } }, this.stack, id);
  }

  public accessPoints() {
    return Object.values(this.template().findResources('AWS::EFS::AccessPoint')).map(({ Properties }) => Properties);
  }
}

/** The template of a service with one mount. */
export function mounted(options: EfsMountOptions = {}, path = '/srv/uploads', user?: string): Template {
  const files = new Files();
  files.mounting([files.uploads.mount(path, options)], 'Web', user);
  return files.template();
}

/** The rules that let clients in to mount targets. */
export function nfsRules(template: Template): Record<string, any> {
  return template.findResources('AWS::EC2::SecurityGroupIngress', { Properties: { FromPort: 2049 } });
}
