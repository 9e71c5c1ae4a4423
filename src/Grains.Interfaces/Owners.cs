namespace Prism;

/// <summary>Whom templates, chains and runs belong to. A name means a thing within its owner only.</summary>
public static class Owners
{
    /// <summary>The owner of everything where callers are not told apart.</summary>
    public const string Global = "global";
}
