using Prism.Grains.Interfaces.Chat;

namespace Prism.Formats;

/// <summary>What a vendor's error object says.</summary>
/// <param name="Message">For people.</param>
/// <param name="Type">The vendor's own class of error.</param>
/// <param name="Code">A finer reason.</param>
/// <param name="Param">The field of the request at fault.</param>
public sealed record VendorError(string? Message, string? Type = null, string? Code = null, string? Param = null);

/// <summary>Turns what a provider reports of its failures into errors. Decides which of the vendor's words a client may read.</summary>
public interface IVendorFailures
{
    /// <summary>An error object in a stream that began with 200, or in a body that did.</summary>
    /// <param name="kind">What the vendor's class of error means.</param>
    /// <param name="body">What the vendor says.</param>
    ChatError FromEvent(ChatErrorKind kind, VendorError? body);
}
