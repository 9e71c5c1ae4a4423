using System.Globalization;
using Microsoft.AspNetCore.Http;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Gateway.Json;

/// <summary>The requested part of a list: <c>limit</c> items behind the one that the cursor <c>after</c> names. Without a limit, all.</summary>
/// <param name="Limit">The number of items; null for all.</param>
/// <param name="After">The <c>next</c> of another page; null for the beginning.</param>
internal sealed record Page(int? Limit, string? After)
{
    private const int MostItems = 1_000;

    /// <summary>Reads it from the query, or returns the error in it.</summary>
    public static (Page? Page, ChatError? Error) Read(HttpRequest request)
    {
        var (limit, wrong) = ReadLimit(request);
        var after = request.Query["after"];
        var error = wrong ?? (after.Count > 1 ? WrongCursor : null);
        return error is null ? (new(limit, after is [{ Length: > 0 } cursor] ? cursor : null), null) : (null, error);
    }

    /// <summary>The error for an <c>after</c> that is no <c>next</c> of a page.</summary>
    public static ChatError WrongCursor { get; } = ChatError.Invalid("'after' must be the 'next' of another page.", "after");

    private static (int? Limit, ChatError? Error) ReadLimit(HttpRequest request) => request.Query["limit"] switch
    {
        [] => (null, null),
        [{ } text] when int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit is >= 1 and <= MostItems => (limit, null),
        _ => (null, ChatError.Invalid($"'limit' must be from 1 to {MostItems}.", "limit")),
    };
}
