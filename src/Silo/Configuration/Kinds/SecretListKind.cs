namespace Prism.Silo.Configuration.Kinds;

/// <summary>Keys between commas, each a secret by itself.</summary>
internal sealed class SecretListKind : SettingKind
{
    private static readonly ListKind Keys = new(Secret.FindProblem);

    public override string Allowed => "secrets, comma-separated";

    public override bool IsSecret => true;

    public override IEnumerable<string> FindSecrets(string configured) => ListKind.Split(configured);

    // The message must not quote the duplicate: it is a secret.
    public override string? FindProblem(string configured) =>
        ListKind.Split(configured) is var keys && keys.Distinct(StringComparer.Ordinal).Count() < keys.Length
            ? "lists a key more than once"
            : Keys.FindProblem(configured);
}
