using Prism.Providers;

namespace Prism.Silo.Configuration.Kinds;

/// <summary>Headers between commas. Their names may be shown, their values are secrets.</summary>
internal sealed class HeadersKind : SettingKind
{
    public override string Allowed => "headers `name=value`, comma-separated";

    public override bool IsSecret => true;

    public override IEnumerable<string> FindSecrets(string configured) => FindProblem(configured) is null
        ? [configured, .. ProviderHeaders.Parse(configured).Select(header => header.Value)]
        : [configured];

    public override string? FindProblem(string configured) => ProviderHeaders.FindProblem(configured);
}
