namespace Prism.Silo.Configuration.Kinds;

internal sealed class SwitchKind : SettingKind
{
    public override string Allowed => "`true` or `false`";

    public override SettingValue Read(string text) => text.ToUpperInvariant() switch
    {
        "TRUE" or "1" or "YES" or "ON" => new("true", null),
        "FALSE" or "0" or "NO" or "OFF" => new("false", null),
        _ => new(null, Problem(text)),
    };

    public override string? FindProblem(string configured) => bool.TryParse(configured, out _) ? null : Problem(configured);

    private static string Problem(string value) => $"has to be true or false, not {Quoted.Of(value)}";
}
