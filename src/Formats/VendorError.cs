using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats;

/// <summary>A vendor's error object.</summary>
/// <param name="Message">The text for readers.</param>
/// <param name="Type">The vendor's own class of error.</param>
/// <param name="Code">A finer reason.</param>
/// <param name="Param">The field of the request at fault.</param>
public sealed record VendorError(string? Message, string? Type = null, string? Code = null, string? Param = null);

/// <summary>Converts the failures that a provider reports to errors. Decides which parts of the vendor's message a client may read.</summary>
public interface IVendorFailures
{
    /// <summary>The error for an error object in a stream or a body with status 200.</summary>
    /// <param name="kind">The meaning of the vendor's class of error.</param>
    /// <param name="body">The vendor's error object.</param>
    ChatError FromEvent(ChatErrorKind kind, VendorError? body);
}
