namespace Prism.Silo.Configuration.Kinds;

internal sealed class TextKind : SettingKind
{
    public override string Allowed => "text";

    public override string? FindProblem(string configured) =>
        string.IsNullOrWhiteSpace(configured) ? "must not be empty"
        : configured.Any(char.IsControl) ? "must not have line breaks or other control characters in it"
        : null;
}
