namespace Prism.Silo.Configuration.Kinds;

/// <summary>The address of a Redis, see <see cref="Silo.Cluster.RedisUrl"/>. Messages never quote it, because it may contain a password.</summary>
internal sealed class RedisUrlKind : SettingKind
{
    public override string Allowed => "`redis://[user:password@]host:port[/db]`, or `rediss://` for TLS";

    public override bool IsSecret => true;

    public override string? FindProblem(string configured) => Cluster.RedisUrl.TryParse(configured).Problem;

    public override IEnumerable<string> FindSecrets(string configured) =>
        Cluster.RedisUrl.TryParse(configured).Url is { Password: { } password, EscapedPassword: { } escaped }
            ? [configured, password, escaped]
            : [configured];
}
