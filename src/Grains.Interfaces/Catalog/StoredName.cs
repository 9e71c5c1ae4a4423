using System.Text.RegularExpressions;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Interfaces.Catalog;

/// <summary>The valid names of stored things. A name is part of a grain key, so it has to be checked before the key is made.</summary>
public static partial class StoredName
{
    /// <summary>Why a name cannot be one, or null.</summary>
    /// <param name="kind">The kind of thing: <c>template</c>.</param>
    /// <param name="name">The name.</param>
    public static ChatError? Check(string kind, string name) => Valid().IsMatch(name) ? null : ChatError.Invalid(
        $"The name of a {kind} has up to 64 letters, digits, '.', '_' and '-', and begins with a letter or a digit.", "name", "invalid_name");

    [GeneratedRegex(@"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}\z")]
    private static partial Regex Valid();
}
