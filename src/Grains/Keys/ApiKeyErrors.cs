using System.Globalization;
using Prism.Grains.Interfaces.Chat;

namespace Prism.Grains.Keys;

/// <summary>The errors of creating, changing and using API keys.</summary>
internal static class ApiKeyErrors
{
    public static ChatError Exists { get; } = Conflict("This key exists already.", "key_exists");

    public static ChatError Revoked { get; } = Conflict("The key is revoked, which is permanent. Create another key.", "key_revoked");

    public static ChatError Outdated { get; } = Conflict("Another request has changed the key at the same time. Please retry.", "key_changed");

    /// <summary>The key of the call is no longer valid.</summary>
    public static ChatError NotGood { get; } = Denied("The API key of this call is revoked or has expired.", null);

    public static ChatError NotFound(string id) => new()
    {
        Kind = ChatErrorKind.NotFound,
        Message = $"Key '{id}' does not exist.",
        Param = "id",
        Code = "key_not_found",
    };

    public static ChatError TooMany(int most) =>
        Conflict(string.Create(CultureInfo.InvariantCulture, $"There are {most} keys, which is the limit. Revoke one first."), "too_many_keys");

    public static ChatError Provider(string provider) => Denied($"This API key may not use provider '{provider}'.", "provider");

    public static ChatError Model(string model) => Denied($"This API key may not use model '{model}'.", "model");

    public static ChatError OtherModel(string field) => Denied(
        $"'{field}' may name other models than 'model', and this API key is restricted in its models or has a budget in USD.", field);

    public static ChatError Unpriced(string provider, string model) => Denied(
        $"This API key has a budget in USD, and the price of model '{model}' of provider '{provider}' is unknown.", "model");

    public static ChatError Unbounded(string field, string provider, string model) => Denied(
        $"This API key has a budget in USD, and the price of '{field}' with model '{model}' of provider '{provider}' is unknown.", field);

    private static ChatError Conflict(string message, string code) =>
        new() { Kind = ChatErrorKind.Conflict, Message = message, Code = code };

    private static ChatError Denied(string message, string? param) =>
        new() { Kind = ChatErrorKind.PermissionDenied, Message = message, Param = param, Code = "permission_denied" };
}
