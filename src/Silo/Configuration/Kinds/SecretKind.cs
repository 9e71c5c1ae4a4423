namespace Prism.Silo.Configuration.Kinds;

/// <summary>A key that goes into an HTTP header. White space around it (a file's last line break) is cut off.</summary>
internal sealed class SecretKind : SettingKind
{
    public override string Allowed => "secret";

    public override bool IsSecret => true;

    public override string? FindProblem(string configured) =>
        configured.Trim().All(c => c is >= ' ' and <= '~')
            ? null
            : "has a character in it that cannot go into an HTTP header, such as a line break inside or one that is not ASCII";
}
